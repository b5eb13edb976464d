using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

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
    CommandReport? Report
)
{
    /// <param name="calls">Newest first.</param>
    /// <param name="messages">Those of them that are known, to tell what became of commands that wait.</param>
    /// <param name="twin">Of the device; null: nothing is known of what it reports.</param>
    public static IReadOnlyList<CommandRow> Of(
        DeviceTemplate? template,
        IReadOnlyList<CommandCall> calls,
        IReadOnlyList<CloudMessage> messages,
        Twin? twin,
        DateTimeOffset now
    )
    {
        var byId = messages.Where(m => m.MessageId is not null).ToLookup(m => m.MessageId!, StringComparer.Ordinal);
        return
        [
            .. calls.Select(call =>
            {
                var command = template?.Find(call.Component, call.Name);
                var report = ReportOf(call, calls, twin);
                var message = byId[call.Id.ToString()].FirstOrDefault();
                var status = CommandStatus.Of(call, message, report, now);
                return new CommandRow(call, LabelOf(template, new(call.Component, call.Name)), command, status, report);
            }),
        ];
    }

    /// <summary>
    /// A command that goes on ends with a report of the property of its name: that belongs to the newest call before it.
    /// </summary>
    private static CommandReport? ReportOf(CommandCall call, IReadOnlyList<CommandCall> calls, Twin? twin)
    {
        var path = new CapabilityPath(call.Component, call.Name);
        if (call.ResponseCode != 202 || twin is null || CommandReport.Of(twin, path) is not { } report)
            return null;
        var newest = calls.FirstOrDefault(c =>
            c.Component == call.Component && c.Name == call.Name && c.CalledAt < report.At
        );
        return newest?.Id == call.Id ? report : null;
    }

    /// <summary>What people call a command, with its component, whether the template knows it or not.</summary>
    internal static string LabelOf(DeviceTemplate? template, CapabilityPath path) =>
        template?.Find(path.Component, path.Name) is { } command ? DefaultViews.Label(template, command)
        : path.Component.Length == 0 ? path.Name
        : $"{path.Component} · {path.Name}";
}
