using System.Text.Json.Serialization;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A component of a device in the REST API.</summary>
internal sealed record ComponentDto(
    [property: JsonPropertyName("@type")] string Type,
    string Name,
    string? DisplayName,
    string? Description
)
{
    public static ComponentDto Of(Capability component) =>
        new("Component", component.Name, component.DisplayName?.Text, component.Description?.Text);
}
