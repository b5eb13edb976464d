using IoTCentral.Hub.Security;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub;

/// <summary>The door to everything that devices talk to.</summary>
public static class DeviceHubSetup
{
    /// <summary>Each device-facing feature adds its own with one line; the certificate comes first, since all doors need it.</summary>
    public static IServiceCollection AddDeviceHub(this IServiceCollection services) => services.AddServerCertificate();
}
