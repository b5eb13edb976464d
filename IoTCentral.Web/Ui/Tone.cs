namespace IoTCentral.Web.Ui;

/// <summary>How good or bad a state is; decides colour and shape, never the words.</summary>
public enum Tone
{
    Neutral,
    Good,
    Warning,
    Critical,

    /// <summary>Chosen or worth a look, neither good nor bad.</summary>
    Accent,
}

internal static class Tones
{
    public static string? ChipClass(this Tone tone) => Suffix(tone) is { } s ? $"iot-chip--{s}" : null;

    /// <summary>The end of the CSS class of this tone; null for neutral.</summary>
    public static string? Suffix(this Tone tone) =>
        tone switch
        {
            Tone.Good => "good",
            Tone.Warning => "warning",
            Tone.Critical => "critical",
            Tone.Accent => "accent",
            _ => null,
        };
}
