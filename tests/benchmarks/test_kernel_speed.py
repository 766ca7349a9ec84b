"""The benchmark of the kernels: its arithmetic, its checks, its judgement and its pages, and the way of a layer over a GPU.

All results here are made up, except those of tiny layers in the simulator, whose times mean nothing.
"""

import json
import os
import re
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernels
from benchmarks.kernel_speed import goals, layers, tables, timing
from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Loss, Pool, Relu

NEEDED = [name for name in ("torch", "numba", "matplotlib", "tqdm") if find_spec(name) is None]
needs_libraries = pytest.mark.skipif(bool(NEEDED), reason=f"not installed: {', '.join(NEEDED)}")

small = st.integers(1, 4)
strides = st.tuples(st.integers(1, 3), st.integers(1, 3))
convolutions = st.builds(
    Convolution,
    st.just("any"),
    st.tuples(small, small, st.integers(4, 7), st.integers(4, 7)),
    small,
    st.tuples(small, small),
    strides,
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
pools = st.builds(
    Pool,
    st.just("any"),
    st.tuples(small, small, st.integers(4, 7), st.integers(4, 7)),
    st.sampled_from(kernels.MODES),
    st.tuples(small, small),
    strides,
)


class TestLayers:
    @given(convolutions)
    def test_the_work_of_a_convolution_is_what_a_convolution_of_ones_adds_up(self, layer):
        ones = np.ones(layer.images), np.ones(layer.kernels)
        maps = kernels.conv2d(*ones, None, layer.stride, layer.padding, padding_value=1.0, backend="numpy")
        assert maps.shape == layer.output
        assert layer.flop == 2 * maps.sum()
        assert layer.moved == 4 * (ones[0].size + ones[1].size + layer.filters + maps.size)

    @given(pools)
    def test_the_work_of_a_pool_is_every_value_of_every_window(self, layer):
        maps = kernels.pool2d(np.ones(layer.images), layer.size, layer.stride, layer.mode, backend="numpy")
        assert maps.shape == layer.output
        assert layer.flop == maps.size * layer.size[0] * layer.size[1]
        assert layer.moved == 4 * (np.prod(layer.images) + maps.size)

    @given(convolutions)
    def test_the_way_back_through_a_convolution_moves_what_its_gradients_are_made_of(self, layer):
        given = [np.ones(shape) for shape in (layer.images, layer.kernels, layer.output)]
        made = kernels.conv2d_gradients(*given, layer.stride, layer.padding, backend="numpy")
        assert Gradient(layer).moved == 4 * sum(array.size for array in (*given, *made))
        assert Gradient(layer).flop == 2 * layer.flop

    @given(pools, st.booleans())
    def test_the_way_back_through_a_pool_moves_what_it_needs(self, layer, saved):
        if saved and layer.mode in ("max", "min"):
            (layer,) = layers.chosen([layer])
        told = {"average": 0}.get(layer.mode, 8 * np.prod(layer.output) if layer.indices else 4 * np.prod(layer.images))
        assert Gradient(layer).moved == told + 4 * (np.prod(layer.output) + np.prod(layer.images))

    @given(st.builds(Dense, st.just("any"), small, small, small))
    def test_the_work_of_a_dense_layer(self, layer):
        ones = np.ones((layer.batch, layer.inputs)), np.ones((layer.neurons, layer.inputs))
        sums = kernels.dense(*ones, backend="numpy")
        made = kernels.dense_gradients(*ones, sums, backend="numpy")
        assert layer.flop == 2 * sums.sum()
        assert layer.moved == 4 * (sum(array.size for array in (*ones, sums)) + layer.neurons)
        assert Gradient(layer).moved == 4 * sum(array.size for array in (*ones, sums, *made))

    @pytest.mark.parametrize("machine", ["cpu", "gpu"])
    def test_every_layer_survives_the_file_and_has_its_table(self, machine):
        for layer in layers.layers(machine):
            assert layers.read(json.loads(json.dumps(layers.stored(layer)))) == layer
            assert tables.heading(layer) in tables.HEADINGS

    @given(st.one_of(convolutions, pools))
    def test_a_layer_survives_the_file(self, layer):
        assert layers.read(json.loads(json.dumps(layers.stored(layer)))) == layer

    @given(st.one_of(convolutions, pools), st.floats(1, 1e15), st.floats(1, 1e15))
    def test_the_floor_is_where_the_roof_is(self, layer, peak, bandwidth):
        bound_by_memory = layers.intensity(layer) < peak / bandwidth
        least = layer.moved / bandwidth if bound_by_memory else layer.flop / peak
        assert layers.floor(layer, peak, bandwidth) == pytest.approx(least)

    @pytest.mark.parametrize("machine", ["cpu", "gpu"])
    def test_every_kind_is_measured_once_under_a_name_of_its_own(self, machine):
        measured = layers.layers(machine)
        assert len({layer.name for layer in measured}) == len(measured)
        groups = {"CIFAR", "VGG", "LeNet", "pools", "strides", "homework", "groups", "dense", "ReLU", "loss"}
        assert {layer.group for layer in measured} == groups
        assert {layer.mode for layer in measured if isinstance(layer, Pool)} == set(kernels.MODES)
        assert {layer.group for layer in layers.few(machine)} == {layer.group for layer in measured}

    def test_pools_on_a_gpu_are_larger_than_its_cache(self):
        assert min(layer.moved for layer in layers.layers("gpu") if isinstance(layer, Pool)) > 4 * 60e6


class TestTiming:
    @given(st.integers(1, 10**10), st.integers(1, 10**9))
    def test_the_copies_together_are_twice_the_cache_or_as_many_as_allowed(self, moved, cache):
        number = timing.copies(moved, cache)
        assert 2 <= number <= 64
        assert number == 64 or number * moved >= 2 * cache
        assert number == 2 or (number - 1) * moved < 2 * cache

    @given(st.floats(1e-9, 1e3))
    def test_a_sample_is_filled_within_its_limits(self, seconds):
        number = timing.calls(seconds, 0.01, 100)
        assert 1 <= number <= 100
        assert number in (1, 100) or 0.5 <= number * seconds / 0.01 <= 2

    def test_contestants_take_turns_and_the_slow_one_stops_after_three_rounds(self):
        seconds = {"quick": iter([1e-3, 3e-3, 1e-3, 2e-3, 5e-3, 4e-3]), "slow": iter([1.0, 3.0, 1.0, 2.0])}
        order = []

        def sample(name, count):
            order.append((name, count))
            return next(seconds[name])

        found = timing.in_turns({"quick": "quick", "slow": "slow"}, sample, 5, 0.01, 100, budget=5.0)
        assert order[:4] == [("quick", 1), ("slow", 1), ("quick", 10), ("slow", 1)]
        assert [name for name, _ in order[2:]] == ["quick", "slow"] * 3 + ["quick"] * 2
        assert found == {"quick": [3e-3, 1e-3, 5e-3], "slow": [2.0, 1.0, 3.0]}


@needs_libraries
class TestCheck:
    LAYER = Convolution("any", (2, 3, 9, 8), 4, (3, 2), (2, 1), (1, 2))

    @pytest.fixture
    def arrays(self):
        import torch

        torch.manual_seed(1)
        return torch.randn(self.LAYER.images), torch.randn(self.LAYER.kernels), torch.randn(self.LAYER.filters)

    def test_an_honest_convolution_passes(self, arrays):
        import torch

        from benchmarks.kernel_speed import check

        ours = kernels.conv2d(*(array.numpy() for array in arrays), self.LAYER.stride, self.LAYER.padding, backend="numpy")
        right = check.right(self.LAYER, dict(zip(("images", "kernels", "bias"), arrays)))
        assert right.fault(torch.from_numpy(ours)) is None
        assert right.distance(torch.from_numpy(ours)) < check.OTHERS_MOST

    @pytest.mark.parametrize("spoil", [float("nan"), 1e-3])
    def test_a_single_wrong_value_is_seen(self, arrays, spoil):
        from benchmarks.kernel_speed import check

        right = check.right(self.LAYER, dict(zip(("images", "kernels", "bias"), arrays)))
        result = right.parts[0].exact.float()
        result[1, 2, 3, 4] += spoil
        assert right.fault(result) == f"1 of {result.numel()} values are wrong"

    def test_a_library_in_tf32_is_seen(self, arrays):
        import torch

        from benchmarks.kernel_speed import check

        cut = [(array.view(torch.int32) & ~0x1FFF).view(torch.float32) for array in arrays[:2]]  # 10 bits are left
        right = check.right(self.LAYER, dict(zip(("images", "kernels", "bias"), arrays)))
        result = check.right(self.LAYER, dict(zip(("images", "kernels", "bias"), (*cut, arrays[2])))).parts[0].exact.float()
        assert check.OTHERS_MOST < right.distance(result) < 1e-2
        assert right.fault(result)

    @given(pools)
    def test_all_backends_of_pooling_pass(self, layer):
        import torch

        from benchmarks.kernel_speed import check

        images = np.random.default_rng(0).standard_normal(layer.images, np.float32)
        right = check.right(layer, {"images": torch.from_numpy(images)})
        ours = torch.from_numpy(kernels.pool2d(images, layer.size, layer.stride, layer.mode, backend="numpy"))
        assert right.fault(ours) is None
        assert right.fault(ours + 0.01)

    def test_a_mode_that_no_check_knows_is_an_error(self):
        import torch

        from benchmarks.kernel_speed import check

        with pytest.raises(ValueError, match="no check knows what a pool by made up should return"):
            check.right(Pool("any", (1, 1, 4, 4), "made up", (2, 2), (2, 2)), {"images": torch.ones(1, 1, 4, 4)})


NETWORKS = [layer for layer in layers.layers("gpu") if isinstance(layer, Convolution) and layer.group in ("CIFAR", "VGG")]


def gpu_row(layer, chosen="tiled", **microseconds):
    """Return a row of made-up times."""
    times = {name: [1e-6 * time, 0.9e-6 * time, 1.2e-6 * time] for name, time in microseconds.items()}
    others = {name: times.pop(name) for name in list(times) if name in tables.OTHERS}
    if "library" in times:
        others["cuDNN" if isinstance(layer, Convolution) else "PyTorch"] = times.pop("library")
    row = {"layer": layers.stored(layer), "ours": times, "others": others, "wrong": {}, "copies": 64}
    row["launch"] = dict.fromkeys([*times, *others], 1e-6)
    return {**row, "chosen": chosen} if isinstance(layer, Convolution) else row


def made_up(rows):
    """Return results of a GPU that does not exist: 1 TFLOP/s, 1 TB/s."""
    about = {"card": "No card", "L2": 1, "driver": "0", "versions": {"Numba": "0"}, "date": "2000-01-01"}
    empty = {"convolution": 1e-5, "pool": 1e-5}
    gpu = {**about, "bandwidth": 1e12, "peak": 1e12, "peak by clock": 1e12, "empty launch": empty, "rows": rows}
    return {"cpu": None, "gpu": gpu}


def cpu_results(rows):
    """Return results of a processor that does not exist."""
    about = {"machine": "No machine", "cores": 1, "threads": 1, "versions": {"Numba": "0"}, "date": "2000-01-01"}
    return {"cpu": {**about, "bandwidth": 1e10, "peak": 1e11, "rows": rows}, "gpu": None}


def judged(results, word):
    (goal,) = [goal for goal in goals.judge(results) if word in goal.goal]
    return goal.state, goal.found


class TestGoals:
    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        assert {goal.state for goal in goals.judge({"cpu": None, "gpu": None})} == {"not yet measured"}
        assert {goal.state for goal in goals.judge(made_up([]))} == {"not yet measured"}

    @pytest.mark.parametrize(("library", "state"), [(91, "met"), (89, "missed")])
    def test_the_ladder_is_held_against_cudnn(self, library, state):
        results = made_up([gpu_row(layer, direct=500, tiled=100, library=library) for layer in NETWORKS])
        assert judged(results, "0.9 times") == (state, f"0.{library} times as fast")

    def test_faster_on_a_third(self):
        rows = [gpu_row(layer, tiled=100, library=90 + 20 * (place % 3 == 0)) for place, layer in enumerate(NETWORKS)]
        assert judged(made_up(rows), "a third") == ("met", f"on {len(NETWORKS) // 3} of {len(NETWORKS)}")
        assert judged(made_up(rows[1:]), "a third")[0] == "missed"

    def test_a_layer_without_a_right_kernel_spoils_the_mean(self):
        rows = [gpu_row(layer, tiled=10, library=100) for layer in NETWORKS]
        rows[0]["ours"] = {}
        assert judged(made_up(rows), "0.9 times") == ("missed", "0.00 times as fast")

    def test_the_peak_is_asked_of_the_largest_layer(self):
        largest = max(NETWORKS, key=lambda layer: layer.flop)
        rows = [gpu_row(layer, tiled=layer.flop / 1e6 / (0.7 if layer is largest else 0.1)) for layer in NETWORKS]
        assert judged(made_up(rows), "peak") == ("met", f"70% ({largest.name})")

    def test_the_slowest_pool_counts(self):
        two = [layer for layer in layers.layers("gpu") if isinstance(layer, Pool)][:2]
        rows = [gpu_row(layer, convgrade=layer.moved / 1e6 / share) for layer, share in zip(two, (0.95, 0.8))]
        assert judged(made_up(rows), "each pool") == ("missed", f"from 80% ({two[1].name}) to 95%")
        assert judged(made_up(rows[:1]), "each pool")[0] == "met"

    def test_a_wrong_choice_costs(self):
        first, second = NETWORKS[:2]
        rows = [
            gpu_row(first, direct=101, tiled=100, chosen="direct"),
            gpu_row(second, direct=150, tiled=100, chosen="direct"),
        ]
        assert judged(made_up(rows), "selector") == (
            "missed",
            f"50% of 2 layers; 1.50 times its time at the worst ({second.name})",
        )
        assert judged(made_up(rows[:1]), "selector")[0] == "met"

    def test_the_cpu_is_held_against_pytorch_layer_by_layer(self):
        first, deeper, pool = layers.layers("cpu")[0], layers.layers("cpu")[1], layers.pools(1, 1)[0]
        (chosen, *_), small = layers.chosen([pool]), layers.HOMEWORK[0]
        rows = [
            gpu_row(first, convgrade=90, PyTorch=100),
            gpu_row(deeper, convgrade=210, PyTorch=100),
            gpu_row(Gradient(first), convgrade=101, PyTorch=100),
            gpu_row(pool, convgrade=100, PyTorch=100),
            gpu_row(Gradient(pool), convgrade=900, PyTorch=100),
            gpu_row(Gradient(chosen), convgrade=190, PyTorch=100),
            gpu_row(Relu("ReLU", 9), convgrade=99, PyTorch=100),
            gpu_row(Gradient(Dense("dense", 1, 2, 3)), convgrade=99, PyTorch=100),
            gpu_row(Loss("loss", 1, 2), convgrade=103, PyTorch=100),
            gpu_row(small, convgrade=5.9, PyTorch=2),
        ]
        found = cpu_results(rows)
        assert judged(found, "CPU: convolutions") == (
            "missed",
            f"on 1 of 2; 2.10 times at the worst ({deeper.name}), 1.37 in the geometric mean",
        )
        assert judged(found, "gradients of convolutions")[0] == "missed"
        assert judged(found, "CPU: pools")[0] == "met"
        assert judged(found, "with indices")[0] == "met"
        assert judged(found, "the loss") == (
            "missed",
            "on 1 of 2; 1.03 times at the worst (1×2 logits), 1.01 in the geometric mean",
        )
        assert judged(found, "gradients of dense")[0] == "met"
        assert judged(found, "6 µs") == ("met", "5.9 µs")
        rows[-1] = gpu_row(small, convgrade=6.1)
        assert judged(cpu_results(rows), "6 µs") == ("missed", "6.1 µs")


class TestTables:
    def test_every_row_stands_in_the_table_with_every_time(self):
        rows = [
            gpu_row(layer, direct=1000 + place, tiled=3000 + place, library=5000 + place)
            for place, layer in enumerate(layers.layers("gpu"))
        ]
        written = tables.text(made_up(rows))
        for place, layer in enumerate(layers.layers("gpu")):
            (line,) = [line for line in written.splitlines() if line.startswith(f"| {layer.group}: {layer.name} |")]
            for time in (1000, 3000, 5000):
                assert f"| {time + place:,} ±15% |" in line
            assert f"| {(5000 + place) / (1000 + place):.2f} |" in line

    def test_a_wrong_kernel_gets_no_figure(self):
        row = gpu_row(NETWORKS[0], direct=1, library=7)
        row["wrong"]["tiled"] = "all values are wrong"
        line = tables.text(made_up([row])).split(f"{NETWORKS[0].name} |")[-1].splitlines()[0]
        assert [cell.strip() for cell in line.split("|")][3:6] == ["1 ±15%", "wrong", "7 ±15%"]

    def test_rows_that_mean_less_than_they_seem_say_so(self):
        row = gpu_row(NETWORKS[0], direct=5, tiled=20)
        results = made_up([row])
        assert "bound by launch" not in tables.text(results)
        row["launch"]["direct"] = 6e-6
        assert "| bound by launch |" in tables.text(results)
        results["gpu"]["L2"] = 10**12
        assert "| bound by launch, in the cache |" in tables.text(results)

    def test_a_machine_that_was_not_measured_has_a_sentence_and_no_number(self):
        gpu = tables.part({"gpu": None}, "gpu")
        assert gpu.endswith("Convolution and pooling on a GPU are not yet measured.")
        assert not re.search(r"\d", gpu)

    def test_a_page_is_filled_between_its_markers_again_and_again(self):
        page = "# Title\n\n<!-- measured -->\nold\n<!-- /measured -->\n\nThe rest <b>\n"
        results = made_up([gpu_row(NETWORKS[0], direct=12, library=13)])
        filled = tables.fill(page, results)
        assert filled.startswith("# Title\n\n<!-- measured -->\n### Goals")
        assert filled.endswith("\n<!-- /measured -->\n\nThe rest <b>\n")
        assert "old" not in filled
        assert tables.fill(filled, results) == filled

    @pytest.mark.parametrize("page", ["", "<!-- measured -->", "<!-- /measured --> <!-- measured -->"])
    def test_a_page_without_markers_is_left_alone(self, page):
        with pytest.raises(ValueError, match="the page has no <!-- measured -->"):
            tables.fill(page, {})


@needs_libraries
class TestPlots:
    RESULTS = made_up([gpu_row(layer, direct=9, tiled=6, library=5) for layer in layers.few("gpu")])

    @pytest.mark.costly
    def test_the_same_results_give_the_same_pictures(self, tmp_path):
        from benchmarks.kernel_speed import plots

        first = {path.name: path.read_bytes() for path in plots.draw(self.RESULTS, tmp_path)}
        again = {path.name: path.read_bytes() for path in plots.draw(self.RESULTS, tmp_path)}
        assert first == again
        assert set(first) == {"kernels-gpu-roofline.svg", "kernels-gpu-share.svg", "kernels-gpu-back.svg"}
        forward, back = (first[f"kernels-gpu-{kind}.svg"].decode() for kind in ("share", "back"))
        for layer in layers.few("gpu"):
            of_gradient = isinstance(layer, Gradient)
            assert (f": {layer.name}<" in back, f": {layer.name}<" in forward) == (of_gradient, not of_gradient)
        assert "dc:date" not in forward

    @pytest.mark.costly
    def test_of_what_was_not_measured_no_picture_is_left(self, tmp_path):
        from benchmarks.kernel_speed import plots

        plots.draw(self.RESULTS, tmp_path)
        assert plots.draw({"cpu": None, "gpu": None}, tmp_path) == []
        assert list(tmp_path.iterdir()) == []


@needs_libraries
class TestCommand:
    @pytest.fixture
    def command(self):
        from benchmarks.kernel_speed import __main__ as command

        return command

    def test_what_is_stored_is_read_again(self, command, tmp_path):
        results = made_up([gpu_row(layer, direct=9, library=5) for layer in layers.few("gpu")])
        command.store(results, tmp_path / "new" / "kernels.json")
        assert command.load(tmp_path / "new" / "kernels.json") == results
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["kernels.json"]
        assert command.load(tmp_path / "none.json") == {"cpu": None, "gpu": None}

    def test_a_run_that_is_cut_off_keeps_its_rows_and_the_other_machine(self, command, tmp_path):
        file, results = tmp_path / "kernels.json", made_up([])
        rows = [gpu_row(layer, convgrade=3, PyTorch=2) for layer in layers.few("cpu")]

        def cut_off():
            yield from rows[:2]
            raise KeyboardInterrupt

        about = {key: value for key, value in cpu_results([])["cpu"].items() if key != "rows"}
        with pytest.raises(KeyboardInterrupt):
            command.measure("cpu", about, cut_off(), results, file)
        stored = command.load(file)
        assert len(stored["cpu"]["rows"]) == 2
        assert stored["gpu"] == made_up([])["gpu"]

    @pytest.mark.costly
    def test_redrawing_needs_the_file_alone(self, command, tmp_path, monkeypatch, capsys):
        file, page = tmp_path / "kernels.json", tmp_path / "kernels.md"
        command.store(cpu_results([gpu_row(layer, convgrade=3, PyTorch=2) for layer in layers.few("cpu")]), file)
        page.write_text("<!-- measured --><!-- /measured -->")
        monkeypatch.setattr("sys.argv", ["kernel_speed", "--plot", "--out", str(file)])
        command.main()
        assert (tmp_path / "kernels-cpu-roofline.svg").exists()
        assert "Goals" in capsys.readouterr().out
        assert page.read_text() == tables.fill(page.read_text(), command.load(file))

    def test_a_new_file_starts_with_what_the_docs_have(self, command, tmp_path, monkeypatch):
        known = made_up([gpu_row(NETWORKS[0], direct=1)])
        command.store(known, tmp_path / "known.json")
        monkeypatch.setattr(command, "RESULTS", tmp_path / "known.json")
        monkeypatch.setattr("sys.argv", ["kernel_speed", "--plot", "--out", str(tmp_path / "new.json")])
        command.main()
        assert command.load(tmp_path / "new.json") == known

    @pytest.mark.costly
    def test_a_wrong_kernel_fails_the_run(self, command, tmp_path, monkeypatch):
        row = gpu_row(NETWORKS[0], direct=1)
        row["wrong"] = {"tiled": "3 of 4 values are wrong"}
        command.store(made_up([row]), tmp_path / "kernels.json")
        monkeypatch.setattr("sys.argv", ["kernel_speed", "--plot", "--out", str(tmp_path / "kernels.json")])
        with pytest.raises(SystemExit, match=r"Not timed, since wrong:\n.*3 of 4 values are wrong"):
            command.main()

    def test_without_a_gpu_there_is_nothing_to_measure_on_it(self, command, monkeypatch):
        monkeypatch.setattr(command, "gpu_is_there", lambda: False)
        monkeypatch.setattr("sys.argv", ["kernel_speed", "--only", "gpu"])
        with pytest.raises(SystemExit, match="no CUDA GPU can be used"):
            command.main()


FORWARD = [
    Convolution("any", (1, 2, 6, 6), 3, (3, 3)),
    Pool("any", (1, 2, 6, 6), "max", (2, 2), (2, 2), indices=True),
    Dense("any", 2, 3, 4),
    Relu("any", 20),
]


@needs_libraries
@pytest.mark.sampled(3)
@pytest.mark.parametrize("layer", [*FORWARD, *layers.gradients(FORWARD), Loss("any", 3, 4)], ids=lambda layer: layer.name)
def test_a_layer_is_measured_on_the_cpu(layer, monkeypatch):
    from benchmarks.kernel_speed import cpu

    monkeypatch.setattr(cpu, "PAUSE_SECONDS", 0)
    (row,) = cpu.rows([layer], 1)
    assert row["wrong"] == {}
    assert {**row["ours"], **row["others"]}.keys() == {"convgrade", "PyTorch", "NumPy"}
    assert all(0 < least <= median <= most for median, least, most in row["others"].values())


@needs_libraries
@pytest.mark.parametrize("layer", [*FORWARD, *layers.gradients(FORWARD), Loss("any", 3, 4)], ids=lambda layer: layer.name)
def test_a_wrong_value_of_any_layer_is_seen(layer):
    from benchmarks.kernel_speed import check, cpu
    from benchmarks.kernel_speed.data import draw

    data = draw(layer)
    right, results = check.right(layer, data), check.arrays(cpu.ours(layer, data, "numpy")(0))
    assert right.fault(results) is None
    for result in results:
        before = result.flatten()[0].item()
        result.view(-1)[0] = before + 1
        assert "1 of" in right.fault(results)
        result.view(-1)[0] = before


@needs_libraries
@pytest.mark.parametrize("mode", kernels.MODES)
def test_gradients_of_pools_are_checked_by_sorting(mode):
    from benchmarks.kernel_speed import check, cpu
    from benchmarks.kernel_speed.data import draw

    layer = Gradient(Pool("any", (2, 2, 7, 8), mode, (3, 2), (2, 2)))
    data = draw(layer)
    assert check.right(layer, data).fault(cpu.ours(layer, data, "numpy")(0)) is None


def simulated_card():
    """Return a card whose memory is the host's, whose kernels run in the simulator, and whose seconds are calls."""
    from numba.cuda.simulator.cudadrv.devicearray import FakeCUDAArray
    from torch.nn import functional as F

    from benchmarks.kernel_speed.gpu import Card

    class Simulated(Card):
        place = "cpu"

        def __init__(self):
            self.cache = 1

        def array(self, tensor):
            return FakeCUDAArray(tensor.numpy())

        def wait(self):
            pass

        def free(self):
            pass

        def sample(self, run, count):
            run(1)
            return float(count)

        def launch(self, run):
            return 2e-6

        def cudnn(self, layer, tf32, images, weights, output):
            output.copy_(F.conv2d(images, weights, None, *layer.geometry, layer.groups))

    return Simulated()


TINY = Convolution("any", (2, 3, 5, 4), 4, (2, 1), (1, 1), (1, 0))
MAX = Pool("any", (1, 2, 5, 6), "max", (2, 2), (2, 2), indices=True)
DENSE, RELU = Dense("any", 2, 3, 4), Relu("any", 5)
SMALL_LAYERS = [MAX, DENSE, RELU, Loss("any", 2, 3), *map(Gradient, (TINY, MAX, replace(MAX, indices=False), DENSE, RELU))]


@needs_libraries
@pytest.mark.skipif(os.environ.get("CONVGRADE_GPU") == "1", reason="simulated; on a GPU, the benchmark itself is the test")
class TestGpu:
    @pytest.mark.costly
    def test_a_convolution_goes_up_the_ladder(self, monkeypatch):
        from benchmarks.kernel_speed import gpu
        from kernels.cuda.convolution import RUNGS

        card = simulated_card()
        monkeypatch.setattr(card, "sample", lambda run, count: float(count))  # each kernel was run to be checked: enough
        first, *some, _, _, _, _ = RUNGS  # the largest tiles, and tensor cores, take the simulator seconds
        (row,) = gpu.rows(card, [TINY], 1, skip=(first, *list(RUNGS)[-4:]))
        assert row["wrong"] == {}
        assert list(row["ours"]) == some
        assert list(row["others"]) == ["cuDNN", "cuDNN TF32"]
        assert row["chosen"] in RUNGS
        assert json.loads(json.dumps(row)) == row
        assert TINY.name in tables.text(made_up([row]))

    @pytest.mark.costly
    def test_what_is_wrong_or_fails_is_named_and_not_timed(self, monkeypatch):
        from benchmarks.kernel_speed import gpu
        from kernels.cuda import convolution

        def forgets(images, weights, bias, geometry, padding_value, output):
            convolution.RUNGS["direct"].launch(images, weights, bias, geometry, padding_value, output)
            output[1, 2, 3, 2] = 0

        def fails(*arguments):
            raise RuntimeError("no\nregisters")

        def writes_nothing(*arguments):
            pass

        rungs = {name: convolution.RUNGS["direct"]._replace(name=name, launch=run) for name, run in
                 {"forgets": forgets, "fails": fails, "idle": writes_nothing}.items()}  # fmt: skip
        monkeypatch.setattr(convolution, "RUNGS", {"direct": convolution.RUNGS["direct"], **rungs})
        row = gpu.convolution_row(simulated_card(), TINY, 1)
        outputs = np.prod(TINY.output)
        assert row["wrong"] == {
            "forgets": f"1 of {outputs} values are wrong",
            "fails": "RuntimeError: no",
            "idle": f"{outputs} of {outputs} values are wrong",
        }
        assert list(row["ours"]) == ["direct"]
        assert row["launch"].keys() == {"direct", "cuDNN", "cuDNN TF32"}

    @pytest.mark.parametrize("mode", kernels.MODES)
    def test_a_pool(self, mode):
        from benchmarks.kernel_speed import gpu

        layer = Pool("any", (1, 2, 5, 7), mode, (3, 3), (2, 2))
        (row,) = gpu.rows(simulated_card(), [layer], 1)
        assert row["wrong"] == {}
        assert list(row["ours"]) == ["convgrade"]
        assert list(row["others"]) == (["PyTorch"] if mode in ("max", "average") else [])
        assert layer.name in tables.text(made_up([row]))

    @pytest.mark.costly
    @pytest.mark.parametrize("layer", SMALL_LAYERS, ids=lambda layer: layer.name)
    def test_another_layer_and_the_way_back(self, layer):
        from benchmarks.kernel_speed import gpu

        (row,) = gpu.rows(simulated_card(), [layer], 1)
        assert row["wrong"] == {}
        assert (list(row["ours"]), list(row["others"])) == (["convgrade"], ["PyTorch"])
        assert layer.name in tables.text(made_up([row]))

    @pytest.mark.parametrize("layer", SMALL_LAYERS, ids=lambda layer: layer.name)
    def test_what_writes_nothing_is_wrong(self, layer, monkeypatch):
        from benchmarks.kernel_speed import gpu

        monkeypatch.setattr(gpu, "launch", lambda *_: lambda: None)
        row = gpu.layer_row(simulated_card(), layer, 1)
        assert row["ours"] == {} and re.fullmatch(r"(\d+) of \1 values are wrong", row["wrong"]["convgrade"])
