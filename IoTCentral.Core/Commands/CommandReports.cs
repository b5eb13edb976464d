using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Commands;

/// <summary>Which call a device has ended by what it reports now.</summary>
public sealed class CommandReports(ICommandStore store, Identities identities, ITwinStore twins)
{
    /// <summary>A report belongs to the newest call before it, if that had been accepted; null: it ends none.</summary>
    public async Task<(CommandCall Call, CommandReport Report)?> FindAsync(
        Caller caller,
        IdentityId id,
        CapabilityPath path,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        if (await twins.FindAsync(caller.Tenant, device.Key, ct) is not { } twin)
            return null;
        if (CommandReport.Of(twin, path) is not { } report)
            return null;
        // ids of calls are in the order of their times
        var page = (Before(report.At).ToString(), 1);
        var before = await store.ListAsync(caller.Tenant, device.Key, path, page, ct);
        return before.Items is [{ ResponseCode: 202 } call] ? (call, report) : null;
    }

    /// <summary>The smallest id of a call of that millisecond.</summary>
    private static Guid Before(DateTimeOffset at)
    {
        var bytes = Guid.CreateVersion7(at).ToByteArray(bigEndian: true);
        bytes.AsSpan(6).Clear();
        return new Guid(bytes, bigEndian: true);
    }
}
