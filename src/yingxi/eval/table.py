"""The report as tables in Markdown, for a terminal, a model card and a leaderboard."""

from typing import Any

NAMES = {
    "puppet": "who",
    "colour": "colour of the dress",
    "action": "what it does",
    "time": "time of day",
    "size": "size of the shot",
    "move": "camera move",
    "shots": "number of shots",
}


def table(report: dict[str, Any]) -> str:
    """Of what `evaluate` found."""
    clips, seconds, psnr = report["clips"], report["seconds"], report["psnr"]
    count = clips["held"] + clips["fresh"]
    lines = [
        f"Weights {report['weights']}. {count} clips of {clips['seconds']:g} s at {clips['size']}, {clips['held']} "
        "of them of puppet, action and place never seen together, the others new shots of the usual kind; "
        f"{clips['joined']} of two or three shots; {clips['again']} second takes. Single takes, by full English "
        f"captions. The standard error of a share is up to {100 * 0.5 / max(1, count) ** 0.5:.0f} points, of the "
        f"number of shots up to {100 * 0.5 / max(1, 3 * (clips['joined'] // 2)) ** 0.5:.0f}.",
        "",
        "| attribute | nano | the stage itself (ceiling) | ratio | always the commonest |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, found in report["attributes"].items():
        shares = f"{100 * found['sampled']:.1f} % | {100 * found['ceiling']:.1f} %"
        rest = f"{100 * found['ratio']:.0f} % | {100 * found['guess']:.1f} %"
        lines.append(f"| {NAMES.get(name, name)} | {shares} | {rest} |")
    lines += ["", "| | nano | the stage itself |", "| --- | --- | --- |"]
    pairs = {
        "Frechet distance in the judge's features (stage: between halves)": ("frechet", 4),
        "agreement with the caption, by the judge": ("agreement", 3),
        "likeness of neighbouring frames, standing camera (VBench's temporal flickering)": ("steadiness", 4),
        "likeness to the mean of both neighbours (for VBench's motion smoothness)": ("smoothness", 4),
    }
    for words, (name, digits) in pairs.items():
        if name in report:
            lines.append(f"| {words} | {report[name]['sampled']:.{digits}f} | {report[name]['real']:.{digits}f} |")
    for name, found in report["identity"].items():
        if found:
            lines.append(f"| likeness of the figure, {name} | {found['sampled']:.2f} | {found['real']:.2f} |")
    lasts = seconds["clip lasts"]
    lines += [
        "",
        f"Autoencoder on {clips['whole']} clips: {psnr['decoder']:.1f} dB; its linear components alone "
        f"{psnr['components']:.1f} dB.",
        f"A clip of {lasts:.2f} s: frames in {seconds['frames']:.2f} s (real-time factor "
        f"{lasts / seconds['frames']:.2f}), a labelled MP4 in {seconds['mp4']:.2f} s ({lasts / seconds['mp4']:.2f}). "
        f"Loaded from disk in {seconds['load']:.2f} s, first step done after {seconds['first step']:.2f} s.",
    ]
    return "\n".join(lines)
