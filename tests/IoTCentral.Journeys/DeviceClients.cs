using IoTCentral.Testing;

namespace IoTCentral.Journeys;

/// <summary>Microsoft's device SDKs for Node, as device developers install them.</summary>
internal static class DeviceClients
{
    /// <summary>The folder to run their scripts in.</summary>
    public static Task<string> FolderAsync(CancellationToken ct) =>
        NpmFolder.EnsureAsync("tests/IoTCentral.Journeys/devices", ct);
}
