using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>Address of what has a twin, methods and messages: a device, or a module of it.</summary>
/// <param name="Module">Null: the device itself.</param>
public readonly record struct IdentityId(string Device, string? Module = null)
{
    public static implicit operator IdentityId(string device) => new(device);

    /// <summary>From what <see cref="ToString"/> gives: no id has a slash.</summary>
    public static IdentityId Parse(string text) =>
        text.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
            ? new(text[..slash], text[(slash + 1)..])
            : new(text);

    /// <summary><c>device</c> or <c>device/module</c>, as on the wire.</summary>
    public override string ToString() => Module is null ? Device : $"{Device}/{Module}";
}

/// <summary>A device or a module as its twin, methods and messages need it.</summary>
public sealed record Identity
{
    public required TenantId TenantId { get; init; }

    /// <summary>Of its twin, queue and connection.</summary>
    public required long Key { get; init; }

    /// <summary>The device it is or belongs to.</summary>
    public required long DeviceKey { get; init; }
    public required IdentityId Id { get; init; }

    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>Template's DTMI; null: none, as for modules.</summary>
    public string? TemplateId { get; init; }
    public bool IsSimulated { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Finds devices and modules by their address.</summary>
public sealed class Identities(IDeviceStore devices, IModuleStore modules)
{
    /// <exception cref="NotFoundException"><c>device.not-found</c>, <c>module.not-found</c>.</exception>
    public async Task<Identity> GetAsync(TenantId tenant, IdentityId id, CancellationToken ct)
    {
        var device = await devices.GetAsync(tenant, id.Device, ct);
        var own = new Identity
        {
            TenantId = tenant,
            Key = device.Key,
            DeviceKey = device.Key,
            Id = device.Id,
            Name = device.Name,
            TemplateId = device.TemplateId,
            IsSimulated = device.IsSimulated,
            CreatedAt = device.CreatedAt,
        };
        if (id.Module is not { } name)
            return own;
        var module = await modules.FindAsync(tenant, device.Id, name, ct) ?? throw NotFound(id);
        return own with
        {
            Key = module.Key,
            Id = new(device.Id, module.Id),
            TemplateId = null,
            CreatedAt = module.CreatedAt,
        };
    }

    public static NotFoundException NotFound(IdentityId id) =>
        id.Module is null
            ? DeviceLookup.NotFound(id.Device)
            : new("module.not-found", $"The device '{id.Device}' has no module '{id.Module}'.");
}
