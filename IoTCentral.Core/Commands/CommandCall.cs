using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Commands;

/// <summary>What has become of a command.</summary>
public enum CommandState : short
{
    /// <summary>Given to the device, whose answer is waited for.</summary>
    Sent = 0,

    /// <summary>The device has answered; its status says how.</summary>
    Answered = 1,

    /// <summary>The device was not reached, or did not answer.</summary>
    Failed = 2,

    /// <summary>It waits for a device that may be offline, and has no answer.</summary>
    Queued = 3,
}

/// <summary>A command to be run on a device.</summary>
/// <param name="Path">Which one: component (empty: the root) and name.</param>
public sealed record CommandRequest(CapabilityPath Path)
{
    /// <summary>JSON text; null: the command is called without a request.</summary>
    public string? Request { get; init; }

    /// <summary>How long to wait for a device that is not connected, 0 to 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>How long the device may take to answer, 5 to 30 s.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A command that was run on a device, and what came of it.</summary>
public sealed record CommandCall
{
    public required Guid Id { get; init; }
    public required long DeviceKey { get; init; }
    public required string Component { get; init; }
    public required string Name { get; init; }

    /// <summary>JSON text; null: without a request.</summary>
    public string? Request { get; init; }
    public required CommandState State { get; init; }

    /// <summary>The device's own status, as HTTP's; 202: it goes on, and will report when it is done.</summary>
    public int? ResponseCode { get; init; }

    /// <summary>JSON text; null: none, or no answer yet.</summary>
    public string? Response { get; init; }

    /// <summary>Stable code of why it failed, <c>command.…</c>; null: it did not.</summary>
    public string? Failure { get; init; }
    public required DateTimeOffset CalledAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who has called it, in words.</summary>
    public required string CalledBy { get; init; }
    public int ConnectSeconds { get; init; }
    public int ResponseSeconds { get; init; }
}
