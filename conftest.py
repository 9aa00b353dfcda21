"""What needs the extra `train` is collected only where that is installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["src/tapeloom/train/humaniser_net.py"]
