"""Measures a run after its first batches, of `warm_up` images together, as bench/measure.js does, and its processes."""

import json
import multiprocessing
import os
import resource
import sys
import time


class Meter:
    def __init__(self, warm_up):
        self.warm_up = warm_up
        self.images = 0
        self.before = 0
        self.since = None
        self.first_batch = None
        self.peak = 0
        self.started = time.perf_counter()

    def batch(self, count):
        if self.first_batch is None:
            self.first_batch = time.perf_counter() - self.started
        if self.since is not None:
            self.images += count
            return
        self.before += count
        if self.peak == 0 and self.before >= self.warm_up / 2:
            self.peak = memory()
        if self.before >= self.warm_up:
            self.since = {'time': time.perf_counter(), 'cpu': cpu_time(), 'main': time.thread_time()}

    def result(self):
        """Asked for while the child processes still run."""
        seconds = time.perf_counter() - self.since['time']
        cpu = cpu_time() - self.since['cpu']
        own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {
            'imagesPerSecond': self.images / seconds,
            'cpuMicroseconds': cpu * 1e6 / self.images,
            'mainShare': (time.thread_time() - self.since['main']) / cpu,
            'peakMegabytes': max(self.peak, memory(), own_peak) / 2**20,
            'firstBatchMs': self.first_batch * 1000,
        }


def run(cases):
    """Runs the case that the arguments name and prints what it measured as a line of JSON."""
    _, name, options = sys.argv
    try:
        result = cases[name](json.loads(options))
    except Exception as error:
        message = ' '.join(str(error).split())
        result = {'error': f'{type(error).__name__}: {message[:200]}'}
    print(json.dumps(result))


def cpu_time():
    """Seconds of this process and its children. Linux counts those of children in ticks of 10 ms."""
    return time.process_time() + sum(child_cpu_time(child.pid) for child in multiprocessing.active_children())


def child_cpu_time(pid):
    with open(f'/proc/{pid}/stat') as file:
        fields = file.read().rpartition(') ')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def memory():
    """Bytes of this process and its children, in which what they share counts once.

    Reading them takes a tenth of a second, so that is not done within what is measured.
    """
    return sum(own_share(pid) for pid in [os.getpid(), *(child.pid for child in multiprocessing.active_children())])


def own_share(pid):
    with open(f'/proc/{pid}/smaps_rollup') as file:
        pss = next(line for line in file if line.startswith('Pss:'))
    return int(pss.split()[1]) * 1024
