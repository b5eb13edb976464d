using System.Globalization;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Charts;

namespace IoTCentral.Web.Features.Devices.Overview;

/// <summary>States of a signal as bars of the timeline.</summary>
internal static class StateBars
{
    private static readonly string[] Bad = ["fault", "fail", "error", "alarm", "critical", "broken", "defect", "stuck"];
    private static readonly string[] Idle =
    [
        "off",
        "idle",
        "closed",
        "standby",
        "stopped",
        "ok",
        "normal",
        "none",
        "no",
    ];

    public static IReadOnlyList<StateBar> Of(Signal signal, IReadOnlyList<StateStretch> stretches) =>
        [.. stretches.Select((s, i) => Bar(signal, s.Value, s.From, i + 1 < stretches.Count ? s.To : null))];

    /// <summary>The bars after a live value: the last one goes on, or ends and another begins.</summary>
    public static IReadOnlyList<StateBar> With(
        IReadOnlyList<StateBar> bars,
        Signal signal,
        string value,
        DateTimeOffset at
    )
    {
        var next = Bar(signal, value, at, null);
        if (bars.Count == 0)
            return [next];
        var last = bars[^1];
        return last.State == next.State || at < last.From ? bars : [.. bars.SkipLast(1), last with { To = at }, next];
    }

    private static StateBar Bar(Signal signal, string value, DateTimeOffset from, DateTimeOffset? to) =>
        new(Words(signal, value), from, to, ToneOf(signal, value));

    private static string Words(Signal signal, string value) =>
        signal.Series?.Schema switch
        {
            EnumSchema states => states.Label(value),
            { Kind: SchemaKind.Boolean } => (
                IsTrue(value) ? signal.Series.Capability.TrueName : signal.Series.Capability.FalseName
            )?.Text
                ?? (IsTrue(value) ? "true" : "false"),
            _ => value,
        };

    private static bool IsTrue(string value) => value is "true" or "1";

    // colour only where the word says something: a fault is red, rest is grey, all else the accent
    private static Tone ToneOf(Signal signal, string value)
    {
        var words = Words(signal, value);
        if (Bad.Any(b => words.Contains(b, StringComparison.OrdinalIgnoreCase)))
            return Tone.Critical;
        var isIdle = value is "false" or "0" || Idle.Contains(words, StringComparer.OrdinalIgnoreCase);
        return isIdle ? Tone.Neutral : Tone.Accent;
    }
}
