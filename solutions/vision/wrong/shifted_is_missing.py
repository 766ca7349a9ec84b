"""augmentation.py shifted
3.2 3.4: missing
says: no function called shifted
"""
from right_augmentation import cropped, flipped, recoloured, rescue
