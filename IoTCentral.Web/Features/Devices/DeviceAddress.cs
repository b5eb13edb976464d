namespace IoTCentral.Web.Features.Devices;

/// <summary>Addresses of a device's pages, below the application. Ids may hold # % ? and more.</summary>
internal static class DeviceAddress
{
    public static string Of(string deviceId, string? tab = null) =>
        $"devices/{Uri.EscapeDataString(deviceId)}" + (tab is null ? "" : $"?tab={tab}");
}
