using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Interfaces that models everywhere refer to without bringing them along.</summary>
internal static class WellKnownInterfaces
{
    /// <summary>Stands for the file in paths.</summary>
    public const string Path = "(well-known interface)";

    public const string DeviceInformation = "dtmi:azure:DeviceManagement:DeviceInformation;1";

    private static readonly JsonElement DeviceInformationModel = JsonDocument
        .Parse(
            """
            {
              "@id": "dtmi:azure:DeviceManagement:DeviceInformation;1",
              "@type": "Interface",
              "displayName": "Device information",
              "contents": [
                { "@type": "Property", "name": "manufacturer", "displayName": "Manufacturer", "schema": "string" },
                { "@type": "Property", "name": "model", "displayName": "Device model", "schema": "string" },
                { "@type": "Property", "name": "swVersion", "displayName": "Software version", "schema": "string" },
                { "@type": "Property", "name": "osName", "displayName": "Operating system", "schema": "string" },
                { "@type": "Property", "name": "processorArchitecture", "displayName": "Processor architecture", "schema": "string" },
                { "@type": "Property", "name": "processorManufacturer", "displayName": "Processor manufacturer", "schema": "string" },
                { "@type": "Property", "name": "totalStorage", "displayName": "Storage (kB)", "schema": "double" },
                { "@type": "Property", "name": "totalMemory", "displayName": "Memory (kB)", "schema": "double" }
              ]
            }
            """
        )
        .RootElement;

    public static bool TryFind(string id, out JsonElement element, out string path)
    {
        // Both spellings are about: azure-iot-pnp writes DeviceManagement, the DTDL documents deviceManagement.
        var known = id.Equals(DeviceInformation, StringComparison.OrdinalIgnoreCase);
        (element, path) = known ? (DeviceInformationModel, Path) : default;
        return known;
    }
}
