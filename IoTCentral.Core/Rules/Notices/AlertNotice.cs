using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Notices;

/// <summary>What a notice is about.</summary>
public enum AlertMoment
{
    Opened,
    Resolved,
}

/// <summary>Something to tell the people and programs a rule names.</summary>
public sealed record AlertNotice
{
    public required Application Application { get; init; }
    public required Rule Rule { get; init; }
    public string TemplateName { get; init; } = "";
    public required Alert Alert { get; init; }
    public required AlertMoment Moment { get; init; }
    public required DeviceDetail Device { get; init; }

    /// <summary>The message that decided it; null for timers, property changes and people.</summary>
    public CommittedMessage? Message { get; init; }
}
