using IoTCentral.Core;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Installation;
using IoTCentral.Data;
using IoTCentral.Hub;
using IoTCentral.Web.Files;
using IoTCentral.Web.Outbox;

namespace IoTCentral.Web.Hosting;

/// <summary>The services that the server and the commands have in common.</summary>
internal static class InstallationServices
{
    public static IServiceCollection AddInstallation(this IServiceCollection services, Installation installation) =>
        services.AddInstallation(installation.Options, installation.Key, installation.Database.Settings);

    public static IServiceCollection AddInstallation(
        this IServiceCollection services,
        InstallationOptions options,
        MasterKey key,
        DatabaseSettings database
    )
    {
        services.AddSingleton(options);
        services.AddSingleton(key);
        services.AddSingleton<ISecretBox, SecretBox>();
        services.AddIoTCentralData(database);
        services.AddDeviceHub();
        services.AddOutbox();
        services.AddSingleton<StorageHttp>();
        services.AddSingleton<AzureBlobStorage>();
        services.AddSingleton<S3Storage>();
        services.AddSingleton<IForeignStorage, ForeignStorage>();
        return services.AddIoTCentralCore();
    }
}
