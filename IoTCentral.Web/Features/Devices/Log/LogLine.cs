using System.Text.RegularExpressions;
using IoTCentral.Core.Devices;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Log;

/// <summary>One line of what happened between a device and us.</summary>
/// <param name="Kind">Null: a refused attempt that belongs to no application.</param>
public sealed partial record LogLine(
    string Key,
    DateTimeOffset At,
    string Address,
    string Code,
    string Detail,
    ConnectionEvent? Kind
)
{
    /// <summary>By which protocol, proof and program.</summary>
    public string Via { get; init; } = "";

    /// <summary>How often within a minute.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The device id it named; null: the one whose log this is.</summary>
    public string? Who { get; init; }

    public static LogLine Of(ConnectionLogEntry entry) =>
        new($"e{entry.Id}", entry.At, entry.Address, entry.Code, entry.Detail, entry.Kind)
        {
            Via = Joined(entry.Protocol, entry.Proof, entry.Client),
            Count = entry.Count,
        };

    /// <summary>Somebody else's.</summary>
    public static LogLine OfAnother(ConnectionLogEntry entry) => Of(entry) with { Who = entry.DeviceId };

    /// <param name="deviceId">Whose log it is shown in.</param>
    public static LogLine Of(ConnectionAttempt attempt, string? deviceId = null) =>
        new($"a{attempt.Id}", attempt.At, attempt.Address, attempt.Code, attempt.Detail, null)
        {
            Via = ViaOf(attempt),
            Who = attempt.DeviceId == deviceId ? null : attempt.DeviceId,
        };

    public static string ViaOf(ConnectionAttempt attempt) => Joined(attempt.Protocol, attempt.Client);

    /// <summary>The first sentence.</summary>
    public string Happened => Parts().Happened;

    /// <summary>The sentences after it; null: nothing to do.</summary>
    public string? Advice => Parts().Advice;

    public Tone Tone =>
        Kind switch
        {
            ConnectionEvent.Connected or ConnectionEvent.Provisioned => Tone.Good,
            ConnectionEvent.Disconnected => Tone.Neutral,
            ConnectionEvent.Slowed => Tone.Warning,
            ConnectionEvent.Refused when Code is ConnectionCode.WaitingForApproval => Tone.Accent,
            // it came to a conversation, or not even to that
            _ => Code is ConnectionCode.TlsBrokenOff or ConnectionCode.NotTls ? Tone.Warning : Tone.Critical,
        };

    private static string Joined(params string[] parts) => string.Join(" · ", parts.Where(p => p.Length > 0));

    private (string Happened, string? Advice) Parts()
    {
        var end = SentenceEnd().Match(Detail);
        return end.Success ? (Detail[..(end.Index + 1)], Detail[(end.Index + end.Length)..]) : (Detail, null);
    }

    // a host name's or a number's dot is followed by no space
    [GeneratedRegex(@"[.!?]\s+(?=\p{Lu})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SentenceEnd();
}
