using IoTCentral.Core.Access;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>What the last run of one command on a device has come to.</summary>
public sealed class NewestCall(
    CommandDesk desk,
    CloudMessages messages,
    TwinRegistry twins,
    TemplateCatalog templates,
    TimeProvider time
)
{
    // A command that waits is among the newest messages, or its day is long over.
    private const int MaxMessages = 25;

    /// <summary>Null: it was never run.</summary>
    public async Task<CommandRow?> FindAsync(Caller caller, Device device, CapabilityPath path, CancellationToken ct)
    {
        var page = await desk.ListAsync(caller, device.Id, path, (null, 1), ct);
        if (page.Items is not [var call, ..])
            return null;
        var template = await templates.FindAsync(caller.Tenant, device.TemplateId, ct);
        IReadOnlyList<CloudMessage> waiting =
            call.State == CommandState.Queued
                ? (await messages.ListAsync(caller, device.Id, after: null, MaxMessages, ct)).Items
                : [];
        var twin = call.ResponseCode == 202 ? await twins.GetAsync(caller, device.Id, ct) : null;
        return CommandRow.Of(template, [call], waiting, twin, time.GetUtcNow())[0];
    }
}
