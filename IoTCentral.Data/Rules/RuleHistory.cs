using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Telemetry.Packs;

namespace IoTCentral.Data.Rules;

internal sealed class RuleHistory(TenantDb db) : IRuleHistory
{
    // Repeats say nothing new, and messages of a clock that is ahead drive nothing.
    private const MessageFlags NotJudged = MessageFlags.Repeat | MessageFlags.ClockAhead;

    private readonly MessageHistory _messages = new(db);

    public async Task<ILookup<long, DeviceMessage>> NewestAsync(
        TenantId tenant,
        IReadOnlyList<(long Key, string Id)> devices,
        long upTo,
        DateTimeOffset since,
        int perDevice,
        CancellationToken ct
    )
    {
        var range = new MessageRange
        {
            UpTo = upTo,
            Since = since.UtcDateTime,
            Without = NotJudged,
        };
        var newest = await _messages.NewestAsync(tenant, [.. devices.Select(d => d.Key)], range, perDevice, ct);
        return devices
            .SelectMany(d => newest[d.Key].Select(m => m.From(tenant, d.Key, d.Id)))
            .OrderBy(m => m.Position)
            .ToLookup(m => m.DeviceKey);
    }

    public async Task<IReadOnlyList<DeviceMessage>> SinceAsync(
        TenantId tenant,
        (long Key, string Id) device,
        DateTimeOffset from,
        long upTo,
        CancellationToken ct
    )
    {
        var range = new MessageRange
        {
            From = from.UtcDateTime,
            UpTo = upTo,
            Without = NotJudged,
        };
        var messages = new List<DeviceMessage>();
        await foreach (var (key, message) in _messages.InOrderAsync(tenant, [device.Key], range, ct))
            messages.Add(message.From(tenant, key, device.Id));
        return [.. messages.OrderBy(m => m.Position)];
    }
}
