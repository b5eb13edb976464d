using IoTCentral.Core.Devices;

namespace IoTCentral.Web.Features.Devices;

/// <summary>One of the four scopes of IoT Central's addresses: a device, a module of it, or a component of either.</summary>
internal readonly record struct DeviceScope(string Id, string? Module, string? Component)
{
    public static IReadOnlyList<string> Addresses { get; } =
    [
        "/{id}",
        "/{id}/components/{component}",
        "/{id}/modules/{module}",
        "/{id}/modules/{module}/components/{component}",
    ];

    public IdentityId Identity => new(Id, Module);
}
