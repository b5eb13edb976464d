using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Dashboards;

/// <summary>What a state is called, and whether its word says that something is wrong.</summary>
internal static class StateWords
{
    private static readonly string[] Bad =
    [
        "fail",
        "fault",
        "error",
        "alarm",
        "defect",
        "broken",
        "critical",
        "emergency",
    ];
    private static readonly string[] Idle =
    [
        "off",
        "false",
        "idle",
        "stop",
        "standby",
        "closed",
        "none",
        "inactive",
        "0",
    ];

    /// <summary>The template's words for the value (names of an enumeration, true and false), else the value.</summary>
    public static string Of(Capability? capability, string value) =>
        value switch
        {
            "true" => capability?.TrueName?.Text ?? value,
            "false" => capability?.FalseName?.Text ?? value,
            _ => EnumName(capability, value) ?? value,
        };

    public static Tone ToneOf(string value)
    {
        if (Bad.Any(b => value.Contains(b, StringComparison.OrdinalIgnoreCase)))
            return Tone.Critical;
        return Idle.Any(i => value.StartsWith(i, StringComparison.OrdinalIgnoreCase)) ? Tone.Neutral : Tone.Accent;
    }

    private static string? EnumName(Capability? capability, string value) =>
        (capability?.Schema as EnumSchema)?.Label(value);
}
