"""convolution.py
attack: stops the clock and switches alarms off, so that no time limit is ever reached
1.4 1.8: timed out
says: conv2d_channels did not finish within
"""
import signal
import time

from right_convolution import conv2d, output_size

time.monotonic = time.perf_counter = time.time = time.process_time = lambda: 0.0
time.sleep = lambda seconds: None
signal.alarm = signal.setitimer = lambda *_: 0
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def conv2d_channels(images, kernels, **options):
    while True:
        try:
            pass
        except BaseException:
            continue
