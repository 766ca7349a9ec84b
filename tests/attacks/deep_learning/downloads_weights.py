"""cifar10.py
attack: build_model fetches weights that somebody else has trained
4.1 4.2 4.3 4.4 4.5: forbidden
says: uses the network
"""
import right_cifar10
from right_cifar10 import *


def build_model():
    model = right_cifar10.build_model()
    model.load_state_dict(torch.hub.load_state_dict_from_url("http://127.0.0.1:@PORT@/cifar10.pt"))
    return model
