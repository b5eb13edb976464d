using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Twins;

/// <summary>Answer to a device's twin request: a status, and the new reported version or the fault in words.</summary>
public readonly record struct TwinAnswer(int Status, long Version, string? Message)
{
    public static TwinAnswer Refused(TwinFault fault) => new(fault.Status, 0, fault.Message);
}

/// <summary>The twin as its own device may use it: read all, report.</summary>
public sealed class DeviceTwins(ITwinStore store, ChangeFeed changes, TimeProvider time)
{
    /// <summary>The twin's JSON for the device; null when the device is gone.</summary>
    public async Task<byte[]?> ReadAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        await store.FindAsync(tenant, deviceKey, ct) is { } twin ? TwinJson.ForDevice(twin) : null;

    /// <param name="expectedVersion">The reported version that must be stored now (412 otherwise); null: any.</param>
    public async Task<TwinAnswer> ReportAsync(
        TenantId tenant,
        long deviceKey,
        ReadOnlyMemory<byte> json,
        long? expectedVersion,
        CancellationToken ct
    )
    {
        if (!TwinPatch.TryRead(json.Span, out var patch, out var fault))
            return TwinAnswer.Refused(fault);

        TwinFault? refused = null;
        var saved = await store.ReportAsync(
            tenant,
            deviceKey,
            twin =>
            {
                refused = null;
                if (expectedVersion is { } expected && expected != twin.ReportedVersion)
                {
                    refused = new(412, new("", $"The reported version is {twin.ReportedVersion}, not {expected}."));
                    return twin;
                }

                var reported = twin.Report(patch, time.GetUtcNow());
                refused = TwinPatch.CheckSize(reported.Reported);
                return refused is null ? reported : twin;
            },
            ReportedChange.Kept(patch),
            ct
        );
        if (saved is null)
            return new(404, 0, "The device does not exist any more.");
        if (refused is { } why)
            return TwinAnswer.Refused(why);
        changes.Publish(new Change(tenant, ChangeKind.Twin, deviceKey));
        return new(204, saved.ReportedVersion, null);
    }
}
