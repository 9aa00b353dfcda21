"""The grooves of a lo-fi drummer in common time, by style: one line of signs for each drum.

The signs are those of `patterns`: `X` an accent, `x` a hit, `-` a soft hit, `o` a ghost note, `.` a
rest, a step a sixteenth. All were written for this table in the manner of their style; none is a
transcription. The other meters are in `meter_grooves`.
"""

Row = tuple[str, float, float, dict[str, str]]  # name, energy 0..1, density 0..1, lines

_HATS_8 = "x.-.|x.-.|x.-.|x.-."
_HATS_4 = "-...|-...|-...|-..."
_HATS_16 = "x-x-|x-x-|x-x-|x-x-"
_SHAKE = "x-o-|x-o-|x-o-|x-o-"
_BACK = "....|X...|....|X..."
_SOFT = "....|x...|....|x..."

COMMON_TIME_GROOVES: dict[str, tuple[Row, ...]] = {
    "boom bap": (
        ("boom_bap", 0.6, 0.5, {
            "kick": "X...|....|..x.|....  X..-|....|..x.|....",
            "snare": "....|X...|....|X...  ....|X..o|....|X...",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("head_nod", 0.6, 0.6, {
            "kick": "X...|...-|..x.|....  X...|....|.x..|....",
            "snare": "....|X...|....|X..o  ....|X...|.o..|X...",
            "closed_hat": f"{_HATS_8}  x.-.|x.-.|x.-.|x.--",
        }),
        ("push", 0.7, 0.65, {
            "kick": "X...|..x.|.x..|....  X..x|....|.x..|..-.",
            "snare": "....|X...|....|X...  ....|X...|...o|X...",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("laid_back", 0.45, 0.4, {
            "kick": "X...|....|x...|....  X...|....|x...|..-.",
            "snare": "....|x...|....|x...  ....|x...|....|x..o",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("lazy_sunday", 0.4, 0.4, {
            "kick": "X..-|....|..x.|....  X..-|....|..x.|..-.",
            "rim": f"{_SOFT}  {_SOFT}",
            "closed_hat": "-.-.|-.-.|-.-.|-.-.  -.-.|-.-.|-.-.|-...",
        }),
        ("corner", 0.6, 0.55, {
            "kick": "X...|..x.|x...|..-.  X...|..x.|x..-|....",
            "snare": f"{_BACK}  ....|X...|....|X.o.",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("cypher", 0.7, 0.65, {
            "kick": "X..x|....|.xx.|....  X..x|..x.|.x..|....",
            "snare": "....|X..o|....|X...  ....|X...|....|X..o",
            "closed_hat": f"{_HATS_8}  x.-.|x.-.|x.-.|x---",
        }),
        ("crate_digger", 0.65, 0.6, {
            "kick": "X.-.|...x|.x..|..x.  X.-.|...x|.x..|....",
            "snare": f"....|X...|....|X..o  {_BACK}",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("front_stoop", 0.55, 0.5, {
            "kick": "X...|...x|x...|..-.  X...|...x|x...|....",
            "snare": f"{_BACK}  ....|X...|...o|X...",
            "closed_hat": "x.-.|x...|x.-.|x.-.  x.-.|x...|x.-.|x...",
        }),
        ("brick", 0.7, 0.45, {
            "kick": "X...|....|x.x.|....  X..x|....|x.x.|....",
            "snare": f"{_BACK}  {_BACK}",
            "closed_hat": "x...|x...|x...|x...  x...|x...|x...|x.-.",
        }),
        ("two_step", 0.65, 0.55, {
            "kick": "X...|....|.x..|x...  X...|...-|..x.|....",
            "snare": f"{_BACK}  ....|X...|....|X.o.",
            "closed_hat": f"-.x.|-.x.|-.x.|-.x.  {_HATS_8}",
        }),
        ("clap_back", 0.6, 0.45, {
            "kick": "X...|....|x.-.|....  X...|..-.|x...|....",
            "clap": f"{_SOFT}  {_SOFT}",
            "closed_hat": f"-.x.|-.x.|-.x.|-.x.  {_HATS_8}",
        }),
    ),
    # The kick leaves the grid's strong places and the second backbeat may come a sixteenth early.
    "displaced": (
        ("round_edges", 0.55, 0.55, {
            "kick": "X...|...x|.x.-|....  X...|...x|.x..|..-.",
            "snare": f"{_BACK}  {_BACK}",
            "closed_hat": "x.-.|x.-x|..-.|x.-.  x.-.|x.-x|..-.|x.--",
        }),
        ("tipsy", 0.6, 0.6, {
            "kick": "X..x|...x|...x|..-.  X..x|...x|...-|.x..",
            "snare": f"{_BACK}  ....|X...|.o..|X...",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("early_four", 0.6, 0.55, {
            "kick": "X...|..x.|x...|....  X...|...x|.x..|..x.",
            "snare": f"{_BACK}  ....|X...|...X|....",
            "closed_hat": "x.-.|x.-.|x.-.|x.-.  x.-.|x.-.|x.-.|x.-.",
        }),
        ("pad_thumb", 0.5, 0.45, {
            "kick": "X..-|..x.|...x|....  X...|..x.|...x|...-",
            "snare": "....|x...|....|x...  ....|x...|....|x.o.",
            "closed_hat": "x..-|x.-.|x..-|x.-.  x..-|x.-.|x..-|x...",
        }),
        ("lopsided", 0.5, 0.5, {
            "kick": "X...|.x..|...x|....  X...|.x..|x..-|....",
            "rim": "....|x..o|....|x...  ....|x...|.o..|x...",
            "closed_hat": f"{_HATS_8}  x.-.|x.-.|x..-|x.-.",
        }),
        ("late_train", 0.65, 0.7, {
            "kick": "X.-.|...x|.x..|...x  X..x|....|.x.x|....",
            "snare": "....|X..o|...o|X...  ....|X.o.|...o|X...",
            "closed_hat": "x.x-|..x-|x.x-|..x-  x.x-|..x-|x.x-|..xo",
        }),
    ),
    # Sixteenths long and short: ghosts fall where the swing can be heard.
    "swung": (
        ("shuffle", 0.65, 0.8, {
            "kick": "X...|....|..xo|....  X..x|....|..x.|....",
            "snare": "....|X..o|.o..|X...  ....|X..o|....|X..o",
            "closed_hat": "x.-o|x.-o|x.-o|x.-o  x.-o|x.-o|x.-o|x.--",
        }),
        ("velvet", 0.5, 0.7, {
            "kick": "X..-|..x.|..-x|....  X..-|..x.|...x|....",
            "rim": "....|x..o|.o..|x...  ....|x...|.o.o|x...",
            "closed_hat": "x--o|x--o|x--o|x--o  x--o|x--o|x--o|x-.-",
        }),
        ("smoke_ring", 0.6, 0.75, {
            "kick": "X...|..-.|..x.|....  X..x|....|..x.|..-.",
            "snare": "...o|X..o|.o.o|X..o  ...o|X..o|.o..|X..o",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("skip_along", 0.55, 0.6, {
            "kick": "X..x|....|x..-|....  X..x|....|x...|...-",
            "snare": "....|x...|.o..|x...  ....|x..o|....|x...",
            "closed_hat": "x..x|x..x|x..x|x..x  x..x|x..x|x..x|x.-.",
        }),
        ("ride_along", 0.5, 0.45, {
            "kick": "X...|....|..x.|....  X..-|....|..-.|....",
            "snare": "....|x..o|....|x...  ....|x...|.o..|x...",
            "ride": "x...|x..-|x...|x..-  x...|x..-|x...|x.-.",
        }),
        ("linear", 0.6, 0.6, {  # no two drums together: the line passes from limb to limb
            "kick": "X..x|....|..x.|.x..  X..x|....|..x.|.x.-",
            "snare": "....|X..o|....|X...  ....|X..o|...o|X...",
            "closed_hat": ".xx.|.xx.|xx.x|..x.  .xx.|.xx.|xx..|..x.",
        }),
    ),
    "half-time": (
        ("half_time", 0.4, 0.35, {
            "kick": "X...|....|....|..x.  X...|..-.|....|....",
            "snare": "....|....|X...|....  ....|....|X..o|....",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("slow_motion", 0.3, 0.35, {
            "kick": "X..-|....|....|....  X...|....|....|..x.",
            "rim": "....|....|x...|....  ....|....|x...|....",
            "shaker": f"{_HATS_8}  {_HATS_8}",
        }),
        ("half_moon", 0.5, 0.6, {
            "kick": "X...|..x.|....|.x..  X...|..x.|....|...x",
            "snare": "....|...o|X...|...o  ....|.o..|X...|..o.",
            "closed_hat": f"{_SHAKE}  {_SHAKE}",
        }),
        ("undertow", 0.4, 0.25, {
            "kick": "X..x|..x.|....|....  X..x|....|....|..-.",
            "clap": "....|....|x...|....  ....|....|x...|....",
            "closed_hat": f"{_HATS_4}  -...|-...|-...|-.-.",
        }),
        ("wide_screen", 0.55, 0.5, {
            "kick": "X...|...x|..-x|....  X...|...x|....|x.x.",
            "snare": "....|....|X...|....  ....|....|X...|...o",
            "closed_hat": "x.-.|x.-.|x.--|x.-.  x.-.|x.-.|x.-.|xx-.",
        }),
    ),
    "trip-hop": (
        ("trip", 0.7, 0.85, {
            "kick": "X..x|....|.x..|..x.  X..x|....|..x.|....",
            "snare": "....|X...|...o|X...  ....|X..o|....|X...",
            "closed_hat": "x-x-|x-x-|x-x-|x-x-  x-x-|x-x-|x-x-|x-x.",
        }),
        ("harbour", 0.6, 0.7, {
            "kick": "X...|..x.|.x..|....  X...|..x.|...x|....",
            "snare": "....|X..o|...o|X...  ....|X..o|.o..|X...",
            "closed_hat": "x.xx|x.x.|x.xx|x.x.  x.xx|x.x.|x.xx|x.--",
        }),
        ("foghorn", 0.55, 0.55, {
            "kick": "X.x.|....|..x.|...-  X.x.|....|..x.|....",
            "snare": f"{_BACK}  ....|X...|....|X.oo",
            "ride": "x...|x.-.|x...|x.-.  x...|x.-.|x...|x...",
        }),
        ("submarine", 0.35, 0.4, {
            "kick": "X...|....|.x..|....  X...|...-|.x..|....",
            "rim": "....|x...|....|x..-  ....|x...|....|x...",
            "shaker": "-.x.|-.x.|-.x.|-.x.  -.x.|-.x.|-.x.|-.x.",
        }),
        ("big_room", 0.75, 0.5, {
            "kick": "X...|...x|..xx|....  X..x|....|..xx|....",
            "snare": f"{_BACK}  {_BACK}",
            "open_hat": "....|....|....|..-.  ....|....|....|....",
            "closed_hat": "x.x.|x.x.|x.x.|x...  x.x.|x.x.|x.x.|x.x.",
        }),
    ),
    "break": (
        ("soul_break", 0.75, 0.8, {
            "kick": "X.x.|....|..xx|....  X.x.|....|..x.|.x..",
            "snare": "....|X..o|.o..|X..o  ....|X..o|.o..|X..o",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }),
        ("dropped_four", 0.8, 0.75, {  # the second bar's last backbeat comes late, off the beat
            "kick": "X.x.|....|..x.|....  X.x.|....|..x.|....",
            "snare": "....|X..o|.o..|X...  ....|X..o|.o..|..X.",
            "ride": f"{_HATS_8}  {_HATS_8}",
        }),
        ("sixteen_wheels", 0.75, 0.9, {
            "kick": "X.x.|...-|..x.|.x..  X.x.|....|..x.|.x.-",
            "snare": "....|X..o|.o.o|X..o  ....|X..o|.o.o|X.o.",
            "closed_hat": f"{_HATS_16}  {_HATS_16}",
        }),
        ("tender_break", 0.5, 0.6, {
            "kick": "x..x|....|..x.|....  x..x|....|..x.|.-..",
            "snare": "....|x..o|.o..|x...  ....|x..o|....|x..o",
            "closed_hat": "-.-.|-.-.|-.-.|-.-.  -.-.|-.-.|-.-.|-.-.",
        }),
        ("soul_stomp", 0.8, 0.6, {  # a snare on all four, as soul bands did
            "kick": "X..x|..x.|x..x|....  X..x|..x.|x..x|..-.",
            "snare": "x...|X...|x...|X...  x...|X...|x...|X..o",
            "closed_hat": "..x.|..x.|..x.|..x.  ..x.|..x.|..x.|..x.",
        }),
    ),
    "bossa": (
        ("bossa", 0.45, 0.75, {
            "kick": "x..-|x..-|x..-|x..-  x..-|x..-|x..-|x..-",
            "rim": "x..x|..x.|..x.|..x.  x..x|..x.|...x|..x.",
            "shaker": f"{_SHAKE}  {_SHAKE}",
        }),
        ("bossa_clave", 0.4, 0.65, {  # bossa clave, three side first
            "kick": "x..-|x..-|x..-|x..-  x..-|x..-|x..-|x...",
            "rim": "x..x|..x.|..x.|.x..  x..x|..x.|..x.|.x..",
            "closed_hat": "-.-.|-.-.|-.-.|-.-.  -.-.|-.-.|-.-.|-.-.",
        }),
        ("bossa_two_three", 0.5, 0.65, {  # two side first
            "kick": "x..-|x..-|x..-|x..-  x..-|x..-|x..-|x..x",
            "rim": "..x.|.x..|x..x|..x.  ..x.|.x..|x..x|..x.",
            "ride": "x.-.|x.-.|x.-.|x.-.  x.-.|x.-.|x.-.|x.-.",
        }),
        ("bossa_brush", 0.3, 0.55, {
            "kick": "-..-|-..-|-..-|-..-  -..-|-..-|-..-|-...",
            "brush": "-.x-|-.-x|-.-x|-.x-  -.x-|-.-x|-.-x|-.--",
            "pedal_hat": "....|-...|....|-...  ....|-...|....|-...",
        }),
        ("partido", 0.6, 0.75, {  # the offbeats of partido alto over a steady heart
            "kick": "x...|x..-|x...|x..-  x...|x..-|x...|x..-",
            "rim": ".x.x|..x.|x.x.|.x..  .x.x|..x.|x.x.|.x.-",
            "shaker": f"{_HATS_16}  {_HATS_16}",
        }),
    ),
    "latin": (
        ("bolero", 0.35, 0.5, {
            "kick": "x...|..-.|x...|..-.  x...|..-.|x...|....",
            "rim": "....|x...|....|x.-.  ....|x...|....|x.-.",
            "shaker": "x.--|x.-.|x.-.|x.-.  x.--|x.-.|x.-.|x.-.",
        }),
        ("tresillo_sway", 0.55, 0.6, {  # 3+3+2 in the kick, twice a bar
            "kick": "X..x|..x.|X..x|..x.  X..x|..x.|X..x|....",
            "rim": f"{_SOFT}  ....|x...|....|x..o",
            "shaker": f"{_HATS_8}  {_HATS_8}",
        }),
        ("shaker_sway", 0.45, 0.6, {
            "kick": "X...|....|..x.|....  X...|....|..x.|-...",
            "rim": f"{_SOFT}  ....|x...|....|x..o",
            "shaker": f"{_SHAKE}  {_SHAKE}",
        }),
    ),
    "brushes": (
        ("brushes", 0.35, 0.45, {
            "kick": "-...|....|-...|....  -...|....|-...|..-.",
            "brush": "x.-.|X.-o|x.-.|X.-.  x.-.|X.-.|x.-o|X.-.",
            "pedal_hat": f"{_SOFT}  {_SOFT}",
        }),
        ("brush_stroll", 0.25, 0.3, {
            "kick": "x...|....|..-.|....  x...|....|....|..-.",
            "brush": "-...|x..o|-...|x...  -...|x...|-..o|x..o",
            "pedal_hat": "....|-...|....|-...  ....|-...|....|-...",
        }),
        ("feathered", 0.3, 0.5, {  # four soft kicks, more felt than heard
            "kick": "x...|-...|-...|-...  x...|-...|-...|-..-",
            "brush": "-.o-|x.o-|-.o-|x.o-  -.o-|x.o-|-.o-|x.oo",
            "pedal_hat": "....|-...|....|-...  ....|-...|....|-...",
        }),
        ("basement_trio", 0.5, 0.55, {
            "kick": "x...|..-.|....|....  x...|....|..-.|....",
            "snare": "....|..o.|...-|....  ...o|....|..-.|...o",
            "ride": "x...|X..-|x...|X..-  x...|X..-|x...|X..-",
            "pedal_hat": f"{_SOFT}  {_SOFT}",
        }),
        ("cross_stick", 0.4, 0.5, {
            "kick": "x...|....|x..-|....  x...|....|x...|....",
            "rim": "....|....|....|x...  ....|....|....|x..o",
            "ride": "x...|x..-|x...|x..-  x...|x..-|x.-.|x..-",
            "pedal_hat": "....|-...|....|-...  ....|-...|....|-...",
        }),
        ("double_ride", 0.6, 0.75, {  # a swing ride in double time over a slow beat
            "kick": "X...|....|..x.|....  X...|..-.|..x.|....",
            "snare": "....|x...|.o..|x..o  ....|x..o|....|x...",
            "ride": "x.x-|x.x-|x.x-|x.x-  x.x-|x.x-|x.x-|x.x.",
        }),
        ("night_train", 0.55, 0.75, {
            "kick": "x...|-...|x...|-...  x...|-...|x...|-.-.",
            "brush": "-oXo|-oXo|-oXo|-oXo  -oXo|-oXo|-oXo|-oX-",
        }),
    ),
    "house": (
        ("four_floor", 0.7, 0.5, {
            "kick": "X...|x...|x...|x...  X...|x...|x...|x..-",
            "clap": f"{_SOFT}  {_SOFT}",
            "closed_hat": "..x.|..x.|..x.|..x.  ..x.|..x.|..x.|..xo",
        }),
        ("deep_end", 0.6, 0.65, {
            "kick": "x...|x...|x...|x...  x...|x...|x...|x.-.",
            "rim": "...x|....|..x.|....  ...x|....|..x.|.x..",
            "shaker": "-ox-|-ox-|-ox-|-ox-  -ox-|-ox-|-ox-|-ox-",
        }),
        ("dusty_disco", 0.8, 0.7, {
            "kick": "X...|x...|X...|x...  X...|x...|X...|x..x",
            "snare": f"{_BACK}  ....|X...|....|X..o",
            "open_hat": "..-.|..-.|..-.|..-.  ..-.|..-.|..-.|....",
            "closed_hat": "x...|x...|x...|x...  x...|x...|x...|x.x.",
        }),
        ("skipping_garage", 0.7, 0.7, {
            "kick": "X...|....|..x.|.-..  X...|...x|..x.|....",
            "snare": "....|X..o|....|X...  ....|X...|.o..|X...",
            "closed_hat": "..x.|x.xx|..x.|x.x-  ..x.|x.xx|..x.|x.xx",
        }),
    ),
    "dub": (
        ("one_drop", 0.4, 0.4, {
            "kick": "....|....|X...|....  ....|....|X...|..-.",
            "rim": "....|....|x...|....  ...-|....|x...|.o..",
            "closed_hat": "x.-.|x.-.|x.-.|x.--  x.-.|x.-.|x.-.|x.-.",
        }),
        ("steppers", 0.55, 0.45, {
            "kick": "X...|x...|x...|x...  X...|x...|x...|x..-",
            "rim": "....|....|x...|....  ....|....|x..-|..o.",
            "closed_hat": "-.x.|-.x.|-.x.|-.x.  -.x.|-.x.|-.x.|-.xo",
        }),
    ),
    "still": (
        ("sparse", 0.2, 0.2, {
            "kick": "X...|....|..x.|....  X...|....|....|....",
            "rim": "....|....|....|x...  ....|....|....|x...",
            "closed_hat": f"{_HATS_4}  {_HATS_4}",
        }),
        ("sleep", 0.1, 0.1, {
            "kick": "x...|....|....|....  x...|....|..-.|....",
            "rim": "....|....|-...|....  ....|....|-...|....",
            "shaker": f"{_HATS_4}  -...|-...|-...|-.o.",
        }),
        ("heartbeat", 0.15, 0.2, {
            "kick": "x.-.|....|....|....  x.-.|....|x.-.|....",
            "brush": "....|....|-...|....  ....|....|....|-...",
            "shaker": "-...|o...|-...|o...  -...|o...|-...|o...",
        }),
        ("rain", 0.2, 0.35, {
            "kick": "x...|....|....|..-.  x...|....|....|....",
            "brush": "-o-.|-.-o|-.-.|x.-.  -.-o|-.-.|-o-.|x.-.",
        }),
        ("lullaby", 0.25, 0.25, {
            "kick": "x...|....|-...|....  x...|....|-..-|....",
            "rim": "....|-...|....|-...  ....|-...|....|-...",
            "closed_hat": "-...|-...|-...|-...  -...|-...|-...|-.-.",
        }),
    ),
}  # fmt: skip
