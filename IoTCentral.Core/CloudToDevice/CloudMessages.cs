using System.Globalization;
using System.Text;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.CloudToDevice;

/// <summary>Messages to devices, for people and programs: they wait in the device's queue until it takes them.</summary>
public sealed class CloudMessages(ICloudMessageStore store, Identities identities, IDeviceLink link, TimeProvider time)
{
    /// <summary>More do not wait for one device, as in IoT Hub.</summary>
    public const int MostWaiting = 50;

    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    /// <exception cref="InvalidRequestException"><c>cloud-message.invalid</c>.</exception>
    /// <exception cref="ConflictException"><c>cloud-message.queue-full</c>.</exception>
    public async Task<CloudMessage> SendAsync(
        Caller caller,
        IdentityId id,
        NewCloudMessage message,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ExecuteCommands);
        var now = time.GetUtcNow();
        message = message with { MessageId = message.MessageId ?? Guid.CreateVersion7(now).ToString() };
        if (CloudMessageCheck.Find(message) is { Count: > 0 } faults)
            throw new InvalidRequestException("cloud-message.invalid", faults);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        var audit = caller.Audit("device.cloud-message", id.ToString(), device.Name, after: Describe(message));
        var added =
            await store.AddAsync(caller.Tenant, device.Key, message, (now, MostWaiting), audit, ct)
            ?? throw new ConflictException(
                "cloud-message.queue-full",
                $"{MostWaiting} messages wait for this device already. It has to take some of them first, or you purge its queue."
            );
        link.CloudMessageWaits(caller.Tenant, device.Key);
        return added;
    }

    /// <summary>Takes back all that wait; how many there were.</summary>
    public async Task<int> PurgeAsync(Caller caller, IdentityId id, CancellationToken ct)
    {
        caller.Demand(Permission.ExecuteCommands);
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        var audit = caller.Audit("device.cloud-messages-purge", id.ToString(), device.Name);
        return await store.PurgeAsync(caller.Tenant, device.Key, time.GetUtcNow(), audit, ct);
    }

    /// <summary>Newest first, also those that have ended.</summary>
    /// <param name="after">The last page's <see cref="Page{T}.Next"/>.</param>
    public async Task<Page<CloudMessage>> ListAsync(
        Caller caller,
        IdentityId id,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewDevices);
        long? before =
            after is null ? null
            : long.TryParse(after, CultureInfo.InvariantCulture, out var number) ? number
            : throw PageKey.Unknown();
        var device = await identities.GetAsync(caller.Tenant, id, ct);
        return await store.ListAsync(caller.Tenant, device.Key, before, limit, ct);
    }

    // What it says may be a secret between sender and device; that it was sent is not.
    private static string Describe(NewCloudMessage message) =>
        new System.Text.Json.Nodes.JsonObject
        {
            ["messageId"] = message.MessageId,
            ["bytes"] = message.Body.Length,
        }.ToJsonString();
}
