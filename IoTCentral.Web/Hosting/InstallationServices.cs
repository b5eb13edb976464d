using IoTCentral.Core.Access;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Data;
using IoTCentral.Hub;

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
        return services.AddCore();
    }

    /// <summary>Each feature of the core adds its services with one line.</summary>
    private static IServiceCollection AddCore(this IServiceCollection services)
    {
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<ApplicationRegistry>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<SetupLinks>();
        services.AddSingleton<ICallerSource, CallerSource>();
        return services;
    }
}
