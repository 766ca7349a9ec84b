"""A template in Python: for what a formula cannot express. Its name is the function's, with dashes: bright-pixels."""

from quizzes.authoring import Draw, Number, Question, load, matrix, require, template, wrong


@template("Bright pixels", topic="Images", difficulty=1, minutes=2, tells=2)
def bright_pixels(draw: Draw) -> Question:
    # A name lets you fix a number in quiz.toml: numbers = { threshold = 5 }
    image = draw.numbers(4, 4, low=0, high=9, name="image")
    threshold = draw.between(3, 6, "threshold")
    brighter = [int(pixel) for pixel in image.ravel() if pixel > threshold]
    require(4 <= len(brighter) <= 8, "4 to 8 brighter pixels")
    return Question(
        stem=f"What do the pixels of this image that are brighter than {threshold} add up to?\n\n{matrix(image)}",
        key=Number(sum(brighter)),
        check=image[image > threshold].sum(),  # the key by a second way
        wrong=[  # tells=2: at least two of these must differ from the key and from each other, or other numbers are drawn
            wrong(len(brighter), "pixels counted", "the brighter pixels are counted. Add up their values."),
            wrong(
                image[image >= threshold].sum(), "as bright taken too", "pixels that are exactly as bright are added, too."
            ),
            wrong(image[image < threshold].sum(), "darker ones added", "the darker pixels are added up."),
        ],
        steps=[f"The brighter pixels add up to ${' + '.join(map(str, brighter))} = {sum(brighter)}$."],
        load=load(16 + len(brighter), [sum(brighter)]),  # sixteen comparisons, and the additions
    )
