using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Components in addresses of the REST API.</summary>
internal static class DeviceComponents
{
    /// <summary>A device without a template may have any component.</summary>
    /// <exception cref="NotFoundException"><c>device.no-component</c>: its template has no such component.</exception>
    public static async Task DemandComponentAsync(
        this TemplateCatalog templates,
        Device device,
        string component,
        CancellationToken ct
    )
    {
        var template = await templates.FindAsync(device.TenantId, device.TemplateId, ct);
        if (template?.Components.Contains(component) is false)
            throw new NotFoundException(
                "device.no-component",
                $"The template of the device '{device.Id}' has no component '{component}'."
            );
    }
}
