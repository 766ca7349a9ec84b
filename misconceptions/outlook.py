"""Wrong ideas of networks beyond the CNN: recurrent networks, adversarial ones, and learning from rewards."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate

from misconceptions.bank import misconception
from misconceptions.types import Number, Table

_states = partial(misconception, "recurrent_states")
_weights = partial(misconception, "recurrent_weights")
_losses = partial(misconception, "adversarial_losses")
_returns = partial(misconception, "discounted_returns")
_value = partial(misconception, "q_learning_step")


# recurrent_states(inputs, weight, back, bias): the states of one neuron that gets an input and its own previous state, 0 at
# first: max(0, weight * input + back * state + bias).


@_states(says="the previous state is left out. It is an input as well, with a weight of its own.")
def state_forgotten(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return [[max(0, weight * each + bias) for each in inputs]]


@_states(says="negative sums are kept. The maximum with 0 makes them 0.")
def states_below_zero(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return _run(inputs, lambda each, state: weight * each + back * state + bias)


@_states(says="the previous state is added without its weight.")
def state_without_weight(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return _run(inputs, lambda each, state: max(0, weight * each + state + bias))


@_states(says="input and state share a weight. Each has its own; only the steps share weights.")
def one_weight_for_both(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return _run(inputs, lambda each, state: max(0, weight * (each + state) + bias))


@_states(says="the weights of input and state are swapped.")
def weights_of_input_and_state_swapped(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return _run(inputs, lambda each, state: max(0, back * each + weight * state + bias))


@_states(says="the previous input is fed back instead of the previous state.")
def input_fed_back(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return [[max(0, weight * each + back * last + bias) for last, each in zip([0, *inputs], inputs)]]


@_states(says="the intercept is left out.")
def recurrent_intercept_forgotten(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return _run(inputs, lambda each, state: max(0, weight * each + back * state))


@_states(says="the previous state is added after the maximum. It is part of the sum.")
def state_added_behind_the_activation(inputs: Sequence[Number], weight: Number, back: Number, bias: Number) -> Table:
    return _run(inputs, lambda each, state: max(0, weight * each + bias) + back * state)


# recurrent_weights(inputs, states, outputs, steps): weights and intercepts of a recurrent layer, of the dense layer on its
# last state, and of a dense layer with as many neurons on the inputs of all steps.


@_weights(says="each step has its own weights. All steps share them.")
def weights_for_each_step(inputs: int, states: int, outputs: int, steps: int) -> Table:
    return [[steps * states * (inputs + states + 1), outputs * (states + 1), states * (steps * inputs + 1)]]


@_weights(says="the connections from state to state are left out. They have weights of their own.")
def no_weights_between_states(inputs: int, states: int, outputs: int, steps: int) -> Table:
    return [[states * (inputs + 1), outputs * (states + 1), states * (steps * inputs + 1)]]


@_weights(says="each neuron gets only its own previous state. It gets those of all neurons.")
def own_state_alone(inputs: int, states: int, outputs: int, steps: int) -> Table:
    return [[states * (inputs + 2), outputs * (states + 1), states * (steps * inputs + 1)]]


@_weights(says="intercepts are left out.")
def intercepts_of_the_recurrent_layer_forgotten(inputs: int, states: int, outputs: int, steps: int) -> Table:
    return [[states * (inputs + states), outputs * states, states * steps * inputs]]


@_weights(says="the output layer looks at the states of all steps. It looks at the last one.")
def outputs_of_all_steps(inputs: int, states: int, outputs: int, steps: int) -> Table:
    return [[states * (inputs + states + 1), outputs * (steps * states + 1), states * (steps * inputs + 1)]]


@_weights(says="the dense layer shares its weights over the steps. Only a recurrent or a convolutional layer does.")
def dense_layer_that_shares(inputs: int, states: int, outputs: int, steps: int) -> Table:
    return [[states * (inputs + states + 1), outputs * (states + 1), states * (inputs + 1)]]


# adversarial_losses(real, generated): the squared errors of a discriminator, those of the generator, and how many images
# the discriminator gets wrong; from its outputs, 1 for real and 0 for generated.


@_losses(says="the generator's loss is that of the discriminator on the same images. It wants the opposite: a 1.")
def generator_wants_zeros(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    return [[_squares(real, 1) + _squares(generated, 0), _squares(generated, 0), _mistakes(real, generated)]]


@_losses(says="the discriminator is judged on generated images alone. It has to recognise real ones as well.")
def discriminator_without_real_images(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    return [[_squares(generated, 0), _squares(generated, 1), _mistakes(real, generated)]]


@_losses(says="the generator is judged on real images too. It has made only the others.")
def generator_judged_on_real_images(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    own = _squares(real, 0) + _squares(generated, 1)
    return [[_squares(real, 1) + _squares(generated, 0), own, _mistakes(real, generated)]]


@_losses(says="the two networks are swapped.")
def networks_swapped(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    return [[_squares(generated, 1), _squares(real, 1) + _squares(generated, 0), _mistakes(real, generated)]]


@_losses(says="errors are summed without being squared.")
def errors_not_squared(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    own = sum(1 - output for output in real) + sum(generated)
    return [[own, sum(1 - output for output in generated), _mistakes(real, generated)]]


@_losses(says="the images that are recognised are counted. The question asks for those that are not.")
def recognised_images_counted(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    right = len(real) + len(generated) - _mistakes(real, generated)
    return [[_squares(real, 1) + _squares(generated, 0), _squares(generated, 1), right]]


@_losses(says="an output of 0 is expected for real images and one of 1 for generated ones.")
def labels_swapped(real: Sequence[Number], generated: Sequence[Number]) -> Table:
    right = len(real) + len(generated) - _mistakes(real, generated)
    return [[_squares(real, 0) + _squares(generated, 1), _squares(generated, 0), right]]


# discounted_returns(rewards, discount): the return from each step on: its reward, plus the discount times the next return.


@_returns(says="the discount is left out. What comes later counts less.")
def rewards_not_discounted(rewards: Sequence[Number], discount: Number) -> Table:
    return _backwards(rewards, 1)


@_returns(says="the reward of the step itself is discounted too. It counts in full.")
def first_reward_discounted(rewards: Sequence[Number], discount: Number) -> Table:
    return [[discount * total for total in _backwards(rewards, discount)[0]]]


@_returns(says="only the reward of the step itself is counted. A return looks ahead.")
def rewards_alone(rewards: Sequence[Number], discount: Number) -> Table:
    return [rewards]


@_returns(says="the rewards before a step are counted. A return looks ahead, not back.")
def looked_back(rewards: Sequence[Number], discount: Number) -> Table:
    return [list(accumulate(rewards, lambda total, reward: discount * total + reward))]


@_returns(says="the discount is counted from the first step on. It begins where the return begins.")
def discounted_from_the_beginning(rewards: Sequence[Number], discount: Number) -> Table:
    discounted = [discount**step * reward for step, reward in enumerate(rewards)]
    return _backwards(discounted, 1)


@_returns(says="all later rewards are discounted once. A reward two steps later is discounted twice.")
def discounted_once(rewards: Sequence[Number], discount: Number) -> Table:
    return [[reward + discount * sum(rewards[step + 1 :]) for step, reward in enumerate(rewards)]]


@_returns(says="the discount factor is taken for what is lost, 1 - \N{GREEK SMALL LETTER GAMMA}. It is what remains.")
def discount_for_the_loss(rewards: Sequence[Number], discount: Number) -> Table:
    return _backwards(rewards, 1 - discount)


# q_learning_step(value, reward, following, rate, discount): the target of a step of Q-learning and the new value, from the
# value of the action, its reward and the values of the actions that follow.


@_value(says="the new value is the target. The learning rate says what part of the way to it the value moves.")
def moved_all_the_way(value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number) -> Table:
    target = reward + discount * max(following)
    return [[target, target]]


@_value(says="the old value is not subtracted. The learning rate multiplies the distance to the target.")
def old_value_not_subtracted(
    value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number
) -> Table:
    target = reward + discount * max(following)
    return [[target, value + rate * target]]


@_value(says="the values that follow are averaged. Q-learning uses the best one.")
def following_values_averaged(
    value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number
) -> Table:
    return _towards(value, reward + discount * sum(following) / len(following), rate)


@_value(says="the smallest value that follows is used. Q-learning uses the best one.")
def smallest_value_taken(
    value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number
) -> Table:
    return _towards(value, reward + discount * min(following), rate)


@_value(says="the discount is left out.")
def following_value_not_discounted(
    value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number
) -> Table:
    return _towards(value, reward + max(following), rate)


@_value(says="the reward is discounted as well. Only what comes after it is.")
def reward_discounted(value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number) -> Table:
    return _towards(value, discount * (reward + max(following)), rate)


@_value(says="the reward is left out.")
def reward_left_out(value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number) -> Table:
    return _towards(value, discount * max(following), rate)


@_value(says="learning rate and discount are swapped.")
def rate_and_discount_swapped(
    value: Number, reward: Number, following: Sequence[Number], rate: Number, discount: Number
) -> Table:
    return _towards(value, reward + rate * max(following), discount)


def _run(inputs: Sequence[Number], step: Callable[[Number, Number], Number]) -> Table:
    states: list[Number] = [0]
    for each in inputs:
        states.append(step(each, states[-1]))
    return [states[1:]]


def _squares(outputs: Sequence[Number], wanted: int) -> Number:
    return sum((wanted - output) ** 2 for output in outputs)


def _mistakes(real: Sequence[Number], generated: Sequence[Number]) -> int:
    return sum(2 * output < 1 for output in real) + sum(2 * output > 1 for output in generated)


def _backwards(rewards: Sequence[Number], discount: Number) -> Table:
    totals = list(accumulate(rewards[::-1], lambda total, reward: reward + discount * total))
    return [totals[::-1]]


def _towards(value: Number, target: Number, rate: Number) -> Table:
    return [[target, value + rate * (target - value)]]
