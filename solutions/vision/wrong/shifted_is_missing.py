"""augmentation.py shifted
3.2 3.4: crashed
says: no attribute 'shifted'
"""
from right_augmentation import cropped, flipped, recoloured, rescue
