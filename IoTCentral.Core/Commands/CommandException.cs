using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Commands;

/// <summary>The device was not reached, or did not answer.</summary>
public sealed class CommandException : DomainException
{
    private CommandException(string code, string message)
        : base(code, message) { }

    /// <summary>It was reached and kept silent; else it was not reached.</summary>
    public bool IsSilence => Code is "command.timed-out" or "command.disconnected";

    internal static CommandException Of(MethodOutcome outcome) =>
        outcome switch
        {
            MethodOutcome.NotConnected => new(
                "command.not-connected",
                "The device is not connected, so it could not be given the command. Try again when it is, or let the command wait for it with a connection timeout."
            ),
            MethodOutcome.NotListening => new(
                "command.not-listening",
                "The device is connected but does not listen to commands: its program has not subscribed to direct methods."
            ),
            MethodOutcome.Disconnected => new(
                "command.disconnected",
                "The device's connection ended before it answered. It may have run the command or not."
            ),
            _ => new(
                "command.timed-out",
                "The device was given the command and did not answer in time. It may still be at it."
            ),
        };
}
