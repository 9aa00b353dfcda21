"""The loop of a video, and the hour that it is repeated for, beside moviepy's encode in one run.

    python benchmarks/video.py                    # a loop of 20 s at 1080p, an hour by packet copy
    python benchmarks/video.py --peer-minutes 1   # and moviepy, if it is installed

moviepy encodes every frame anew; it is given minutes of the hour, for its time goes with length.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RATE = 44_100


def loop(folder: Path, seconds: int, size: str) -> dict[str, float]:
    from tapeloom.media.scene_design import SceneDesign, scene_frames
    from tapeloom.media.stage import Weather
    from tapeloom.media.video import RATE_FPS, encode_frames, picture_size

    width, height = picture_size(size, "16:9")
    design = SceneDesign("window", weather=Weather.RAIN, seed=1)
    begun = time.perf_counter()
    count = seconds * RATE_FPS
    encode_frames(folder / "loop.mp4", scene_frames(design, width, height, count),
                  width=width, height=height)  # fmt: skip
    return {"loop_s": time.perf_counter() - begun, "frames": count}


def sound(folder: Path, minutes: float) -> float:
    """Write a minute of chords as AAC, again and again; return how long the minute took."""
    import av

    from tapeloom.core.audio import Audio, encode_audio

    rng = np.random.default_rng(1)
    t = np.arange(RATE * 60) / RATE
    piece = 0.01 * np.exp(-((t % 0.4) / 0.03)) * rng.normal(size=(2, t.size))
    for hz in (55.0, 220.0, 261.6, 329.6, 392.0, 783.0):
        piece += 0.1 * np.sin(2 * np.pi * hz * t) * np.exp(-((t % 1.6) / 0.8))
    begun = time.perf_counter()
    encode_audio(folder / "minute.m4a", Audio(piece.astype(np.float32), RATE), bit_rate=384_000)
    took = time.perf_counter() - begun
    with (
        av.open(str(folder / "minute.m4a")) as source,
        av.open(str(folder / "sound.m4a"), "w", format="mp4") as target,
    ):
        stream = source.streams.audio[0]
        copied = target.add_stream_from_template(stream)
        packets = [bytes(packet) for packet in source.demux(stream) if packet.size]
        for number in range(round(minutes * 60 * RATE / 1024)):
            packet = av.Packet(packets[number % len(packets)])
            packet.stream, packet.time_base = copied, stream.time_base
            packet.pts = packet.dts = number * 1024
            packet.duration = 1024
            target.mux(packet)
    return took


MUX = """
import json, resource, sys, time
from pathlib import Path
from tapeloom.media.video import repeat_loop
folder = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun = time.perf_counter()
frames = repeat_loop(folder / "video.mp4", folder / "loop.mp4", folder / "sound.m4a")
print(json.dumps({"mux_s": time.perf_counter() - begun, "video_frames": frames,
    "mux_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    "video_MB": (folder / "video.mp4").stat().st_size / 1e6}))
"""

PEER = """
import json, sys, time
from pathlib import Path
from moviepy import AudioFileClip, VideoFileClip, vfx
folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
begun = time.perf_counter()
clip = VideoFileClip(str(folder / "loop.mp4")).with_effects([vfx.Loop(duration=seconds)])
clip = clip.with_audio(AudioFileClip(str(folder / "sound.m4a")).subclipped(0, seconds))
clip.write_videofile(str(folder / "peer.mp4"), fps=24, codec="libx264", preset="veryfast",
    audio_codec="aac", logger=None, threads=2)
print(json.dumps({"peer_s": time.perf_counter() - begun}))
"""


def run(program: str, *arguments: str, python: str = sys.executable) -> dict[str, float]:
    done = subprocess.run([python, "-c", program, *arguments], capture_output=True, text=True,
                          check=True)  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--size", default="1080p")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--peer-minutes", type=float, default=0)
    parser.add_argument("--peer-python", default=sys.executable)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found = loop(folder, options.seconds, options.size)
        found["loop_MB"] = (folder / "loop.mp4").stat().st_size / 1e6
        found["aac_minute_s"] = sound(folder, options.minutes)
        found |= run(MUX, place)
        if options.peer_minutes:
            seconds = 60 * options.peer_minutes
            found |= run(PEER, place, str(seconds), python=options.peer_python)
            found["peer_hour_s"] = found["peer_s"] * 3600 / seconds
            found["ratio"] = found["peer_hour_s"] / (found["mux_s"] * 60 / options.minutes)
    found["peak_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    for name, value in found.items():
        print(f"{name:14s} {value:10.2f}")


if __name__ == "__main__":
    main()
