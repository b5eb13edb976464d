namespace IoTCentral.Web.Features.LiveTelemetry;

/// <summary>How much of what comes a program gets.</summary>
public enum FollowMode
{
    /// <summary>The newest value of each telemetry, once a frame.</summary>
    Latest,

    /// <summary>Each value.</summary>
    All,
}

/// <summary>A telemetry of any device.</summary>
/// <param name="Component">Empty or null for the root.</param>
public sealed record FollowedTelemetry(string? Component, string Name);

/// <summary>What a program wants to hear of.</summary>
public sealed record FollowRequest
{
    public const int MostDevices = 1_000;
    public const int MostTelemetry = 200;

    /// <summary>Ids; null or none: all devices of the application.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>Null or none: all.</summary>
    public IReadOnlyList<FollowedTelemetry>? Telemetry { get; init; }

    public FollowMode Mode { get; init; }

    /// <summary>Least milliseconds from one frame to the next; 100 to 60,000.</summary>
    public int Every { get; init; } = 250;

    /// <summary>Why it cannot be followed, in words; null: it can.</summary>
    public string? Fault() =>
        Devices is { Count: > MostDevices }
            ? $"At most {MostDevices} devices are followed by name; name none to follow all."
        : Telemetry is { Count: > MostTelemetry }
            ? $"At most {MostTelemetry} telemetry names are followed; give none to follow all."
        : Devices?.Any(string.IsNullOrEmpty) is true || Telemetry?.Any(t => string.IsNullOrEmpty(t?.Name)) is true
            ? "A device and a telemetry have a name."
        : Every is < 100 or > 60_000 ? "A frame comes every 100 to 60,000 milliseconds."
        : null;
}

/// <summary>A value as a program gets it.</summary>
/// <param name="Value">A number, a text, yes or no, or a place with <c>lat</c>, <c>lon</c> and <c>alt</c>.</param>
/// <param name="Time">Of the message.</param>
public sealed record LiveSample(string Device, string Component, string Name, object Value, DateTimeOffset Time);

/// <summary>What has come since the frame before.</summary>
/// <param name="Dropped">
/// Messages, since the beginning, that were left out because the reader is too slow for them; what is left out is the oldest.
/// </param>
public sealed record LiveFrame(IReadOnlyList<LiveSample> Samples, long Dropped);
