using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Api;
using IoTCentral.Web.Features.Provisioning;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A device, as IoT Central's REST API shows it.</summary>
internal sealed record DeviceDto
{
    /// <summary>From the address; in a body it must be the same.</summary>
    public string? Id { get; init; }

    /// <summary>The state this was read in; sent back with a change it must still be true.</summary>
    public string? Etag { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>DTMI of its template; absent: unassigned.</summary>
    public string? Template { get; init; }

    /// <summary>False: blocked, or waiting for approval; true in a body approves it.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether it has ever connected or registered; ignored in a body.</summary>
    public bool? Provisioned { get; init; }
    public bool? Simulated { get; init; }

    /// <summary>Where it belongs; absent, empty or <c>root</c>, since an application is one organization. Not shown.</summary>
    public IReadOnlyList<string>? Organizations { get; init; }

    public static DeviceDto Of(Device device) =>
        new()
        {
            Id = device.Id,
            Etag = EtagOf(device),
            DisplayName = device.Name,
            Template = device.TemplateId,
            Enabled = !device.IsBlocked && device.Status != ProvisioningStatus.Waiting,
            Provisioned = device.Status == ProvisioningStatus.Provisioned,
            Simulated = device.IsSimulated,
        };

    public static string EtagOf(Device device) => Api.Etag.Of(device.Key, device.Version);

    /// <exception cref="InvalidRequestException"><c>device.invalid</c>: another organization, simulated without a template.</exception>
    public NewDevice ToDevice(string id)
    {
        DemandRoot(Organizations ?? []);
        DemandTemplate(Simulated is true, Template);
        return new()
        {
            Id = id,
            Name = DisplayName,
            TemplateId = Template,
            IsBlocked = Enabled is false,
            IsSimulated = Simulated is true,
        };
    }

    /// <inheritdoc cref="ToDevice"/>
    public static void DemandRoot(IReadOnlyList<string> organizations)
    {
        if (organizations.Any(o => o != "root"))
            throw new InvalidRequestException(
                "device.invalid",
                [new Fault("organizations", "An application has only the organization 'root'. Leave it out.")]
            );
    }

    /// <summary>What a simulated device sends is what its template says, so that it needs one.</summary>
    /// <inheritdoc cref="ToDevice"/>
    public static void DemandTemplate(bool isSimulated, string? template)
    {
        if (isSimulated && string.IsNullOrEmpty(template))
            throw new InvalidRequestException(
                "device.invalid",
                [new Fault("simulated", "A simulated device needs a template. Name one, or leave out simulated.")]
            );
    }
}

/// <summary>What a device needs to connect.</summary>
internal sealed record CredentialsDto(string IdScope, SymmetricKeyDto? SymmetricKey, X509Dto? X509)
{
    public static CredentialsDto Of(Credentials credentials) =>
        new(
            credentials.IdScope,
            credentials.OwnKeys is { } keys ? new(keys.Primary, keys.Secondary) : null,
            credentials.Facts.Certificates is { } own ? X509Dto.Of(own) : null
        );
}

/// <summary>Two keys in base64; either one signs.</summary>
internal sealed record SymmetricKeyDto(string? PrimaryKey, string? SecondaryKey);

/// <summary>The newest value of one telemetry.</summary>
internal sealed record LastValueDto(object Value, DateTimeOffset Timestamp);
