using IoTCentral.Core.Devices;
using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A device, as IoT Central's REST API shows it.</summary>
internal sealed record DeviceDto
{
    /// <summary>From the address; ignored in a body.</summary>
    public string? Id { get; init; }

    /// <summary>The state this was read in; sent back with a change it must still be true.</summary>
    public string? Etag { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>DTMI of its template; absent: unassigned.</summary>
    public string? Template { get; init; }

    /// <summary>False: blocked.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether it has ever connected or registered; ignored in a body.</summary>
    public bool? Provisioned { get; init; }
    public bool? Simulated { get; init; }

    public static DeviceDto Of(Device device) =>
        new()
        {
            Id = device.Id,
            Etag = EtagOf(device),
            DisplayName = device.Name,
            Template = device.TemplateId,
            Enabled = !device.IsBlocked,
            Provisioned = device.Status == ProvisioningStatus.Provisioned,
            Simulated = device.IsSimulated,
        };

    public static string EtagOf(Device device) => Api.Etag.Of(device.Key, device.Version);

    public NewDevice ToDevice(string id) =>
        new()
        {
            Id = id,
            Name = DisplayName,
            TemplateId = Template,
            IsBlocked = Enabled is false,
            IsSimulated = Simulated is true,
        };
}

/// <summary>What a device needs to connect.</summary>
internal sealed record CredentialsDto(string IdScope, SymmetricKeyDto SymmetricKey);

/// <summary>Two keys in base64; either one signs.</summary>
internal sealed record SymmetricKeyDto(string? PrimaryKey, string? SecondaryKey);

/// <summary>The newest value of one telemetry.</summary>
internal sealed record LastValueDto(object Value, DateTimeOffset Timestamp);
