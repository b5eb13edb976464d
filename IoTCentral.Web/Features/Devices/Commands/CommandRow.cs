using System.Text.Json.Nodes;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices.Properties;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>A call as the history shows it.</summary>
/// <param name="Label">What people call the command, with its component.</param>
/// <param name="Command">What the template says of it; null: it is not in the template.</param>
/// <param name="Report">What the device reported when it was done with what it had accepted; null: nothing.</param>
public sealed record CommandRow(
    CommandCall Call,
    string Label,
    Capability? Command,
    CommandStatus Status,
    PropertyRow? Report
)
{
    /// <param name="calls">Newest first.</param>
    /// <param name="messages">Those of them that are known, to tell what became of commands that wait.</param>
    /// <param name="reported">What the device reports.</param>
    public static IReadOnlyList<CommandRow> Of(
        DeviceTemplate? template,
        IReadOnlyList<CommandCall> calls,
        IReadOnlyList<CloudMessage> messages,
        IReadOnlyList<PropertyRow> reported,
        DateTimeOffset now
    )
    {
        var byId = messages.Where(m => m.MessageId is not null).ToLookup(m => m.MessageId!, StringComparer.Ordinal);
        return
        [
            .. calls.Select(call =>
            {
                var command = template?.Find(call.Component, call.Name);
                var report = ReportOf(call, calls, reported);
                var message = byId[call.Id.ToString()].FirstOrDefault();
                var status = CommandStatus.Of(call, message, report is not null, now);
                return new CommandRow(call, LabelOf(template, command, call), command, status, report);
            }),
        ];
    }

    /// <summary>
    /// A command that goes on ends with a report of the property of its name: that belongs to the newest call before it.
    /// </summary>
    private static PropertyRow? ReportOf(
        CommandCall call,
        IReadOnlyList<CommandCall> calls,
        IReadOnlyList<PropertyRow> reported
    )
    {
        var path = new CapabilityPath(call.Component, call.Name);
        if (call.ResponseCode != 202 || reported.FirstOrDefault(r => r.Path == path) is not { At: { } at } report)
            return null;
        var newest = calls.FirstOrDefault(c => c.Component == call.Component && c.Name == call.Name && c.CalledAt < at);
        return newest?.Id == call.Id ? report : null;
    }

    private static string LabelOf(DeviceTemplate? template, Capability? command, CommandCall call) =>
        command is null
            ? new CapabilityPath(call.Component, call.Name).ToString()
            : DefaultViews.Label(template!, command);
}
