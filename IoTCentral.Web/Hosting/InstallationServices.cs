using IoTCentral.Core;
using IoTCentral.Core.Installation;
using IoTCentral.Data;
using IoTCentral.Hub;
using IoTCentral.Web.Outbox;

namespace IoTCentral.Web.Hosting;

/// <summary>The services that the server and the commands have in common.</summary>
internal static class InstallationServices
{
    public static IServiceCollection AddInstallation(this IServiceCollection services, Installation installation)
    {
        services.AddSingleton(installation.Options);
        services.AddSingleton(installation.Key);
        services.AddSingleton<ISecretBox, SecretBox>();
        services.AddIoTCentralData(installation.Database.Settings);
        services.AddDeviceHub();
        services.AddOutbox();
        return services.AddIoTCentralCore();
    }
}
