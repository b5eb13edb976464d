using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>What a call has come to, for a chip.</summary>
/// <param name="Key">Its words in <see cref="CommandTexts"/>: <c>Status…</c>.</param>
/// <param name="IsPending">It may still change by itself.</param>
public sealed record CommandStatus(Tone Tone, string Key, bool IsPending = false)
{
    /// <summary>The device's own status; null: it gave none.</summary>
    public int? Code { get; private init; }

    // How long a command waits for a device that is offline.
    private static readonly TimeSpan Offline = TimeSpan.FromHours(24);

    // An answer in the last moment still has to be written down.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <param name="message">The message by which a command waits; null: it has none, or it is long gone.</param>
    /// <param name="report">By which the device has ended what it went on with; null: it has not.</param>
    public static CommandStatus Of(
        CommandCall call,
        CloudMessage? message,
        CommandReport? report,
        DateTimeOffset now
    ) =>
        call.State switch
        {
            CommandState.Answered => Answered(report?.Status ?? call.ResponseCode) with
            {
                Code = report is null ? call.ResponseCode : report.Code,
            },
            CommandState.Failed => Failed(call.Failure),
            CommandState.Queued => Queued(message, isOver: now > call.CalledAt + Offline),
            _ => now <= call.CalledAt + TimeSpan.FromSeconds(call.ConnectSeconds + call.ResponseSeconds) + Grace
                ? new(Tone.Neutral, "StatusSent", IsPending: true)
                : new(Tone.Warning, "StatusNoAnswer"),
        };

    private static CommandStatus Answered(int? code) =>
        code switch
        {
            202 => new(Tone.Accent, "StatusAccepted"),
            >= 200 and < 300 => new(Tone.Good, "StatusDone"),
            >= 400 => new(Tone.Critical, "StatusRefused"),
            _ => new(Tone.Neutral, "StatusAnswered"),
        };

    private static CommandStatus Failed(string? failure) =>
        failure switch
        {
            "command.timed-out" or "command.disconnected" or "command.given-up" => new(Tone.Warning, "StatusNoAnswer"),
            _ => new(Tone.Critical, "StatusNotReached"),
        };

    private static CommandStatus Queued(CloudMessage? message, bool isOver) =>
        message?.Outcome switch
        {
            CloudOutcome.Success => new(Tone.Good, "StatusTaken"),
            CloudOutcome.Expired => new(Tone.Warning, "StatusExpired"),
            CloudOutcome.DeliveryCountExceeded => new(Tone.Warning, "StatusUndeliverable"),
            CloudOutcome.Rejected => new(Tone.Critical, "StatusRefused"),
            CloudOutcome.Purged => new(Tone.Neutral, "StatusTakenBack"),
            _ when message is null && isOver => new(Tone.Neutral, "StatusOver"),
            _ => new(Tone.Neutral, "StatusWaits", IsPending: true),
        };
}
