using IoTCentral.Core.Access;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Demo;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Live;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Rules.Engine;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Simulation;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IoTCentral.Core;

/// <summary>What the product knows, as services; storage and doors are added by the projects that have them.</summary>
public static class CoreSetup
{
    /// <summary>Each feature adds its own services with its own lines.</summary>
    public static IServiceCollection AddIoTCentralCore(this IServiceCollection services)
    {
        services.AddSingleton<ChangeFeed>();

        services.AddSingleton<ApplicationRegistry>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<SetupLinks>();
        services.AddSingleton<ICallerSource, CallerSource>();

        services.AddSingleton<Identities>();
        services.AddSingleton<DeviceRelationships>();
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<ConnectionLogReader>();
        services.AddSingleton<ConnectionLogWriter>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<ConnectionLogWriter>());
        services.AddSingleton<PresenceTracker>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<PresenceTracker>());

        services.AddSingleton<TwinHistory>();
        services.AddSingleton<TwinRegistry>();
        services.AddSingleton<DeviceTwins>();

        services.AddSingleton<CloudMessages>();
        services.AddSingleton<DeviceInbox>();
        services.AddHostedService<CloudMessageSweep>();
        services.AddSingleton<CommandDesk>();
        services.AddSingleton<CommandReports>();

        services.AddSingleton<UploadTokens>();
        services.AddSingleton<FileStorages>();
        services.AddSingleton<IFileStores, FileStores>();
        services.AddSingleton<FileUploads>();
        services.AddSingleton<FileReceiver>();
        services.AddSingleton<DeviceFiles>();
        services.AddHostedService<FileSweep>();

        services.AddSingleton<KeyBox>();
        services.AddSingleton(s => new HubNames(s.GetRequiredService<InstallationOptions>().Hub));
        services.AddSingleton(s => new WrongKeys(
            s.GetRequiredService<InstallationOptions>().Limits,
            s.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<TokenRules>();
        services.AddSingleton<CertificatePaths>();
        services.AddSingleton<CertificateCheck>();
        services.AddSingleton<CertificateSignIn>();
        services.AddSingleton<GroupCertificates>();
        services.AddSingleton<GroupDevices>();
        services.AddSingleton<EnrollmentGroups>();
        services.AddSingleton<IApplicationPart>(s => s.GetRequiredService<EnrollmentGroups>());
        services.AddSingleton<IndividualEnrollments>();
        services.AddSingleton<DeviceAttestation>();
        services.AddSingleton<DeviceModules>();
        services.AddSingleton<DeviceCredentials>();
        services.AddSingleton<DeviceSignIn>();
        services.AddSingleton<RegistrantCheck>();
        services.AddSingleton<Provisioner>();

        services.AddSingleton<TemplateCatalog>();
        services.AddSingleton<TemplateBook>();

        services.AddSingleton<IngestLimits>();
        services.AddSingleton<IngestQueue>();
        services.AddSingleton<IIngest>(s => s.GetRequiredService<IngestQueue>());
        services.AddSingleton<DataRetention>();
        services.AddSingleton<DataRemovals>();
        services.AddSingleton<CommittedLog>();
        services.AddSingleton<TelemetryHistory>();
        services.AddSingleton<TelemetryWriter>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<TelemetryWriter>());

        services.AddSingleton<LastValueKeeper>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<LastValueKeeper>());
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<ILiveFeed>(s => s.GetRequiredService<LiveFeed>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<LiveFeed>());

        services.AddSingleton<RuleSecrets>();
        services.AddSingleton<RuleBook>();
        services.AddSingleton<AlertNotices>();
        services.AddSingleton<AlertDesk>();
        services.AddSingleton<TestMail>();
        services.AddSingleton<BackTest>();
        services.AddSingleton<RuleStorage>();
        services.AddSingleton<RuleEngine>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<RuleEngine>());

        services.AddSingleton<DashboardBook>();
        services.AddSingleton<TileReader>();

        services.AddSingleton<SimulationRunner>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<SimulationRunner>());
        services.AddSingleton<DemoContentPart>();
        services.AddSingleton<IApplicationPart>(s => s.GetRequiredService<DemoContentPart>());
        services.AddSingleton<DemoApplication>();
        services.AddSingleton<DemoRules>();
        services.AddSingleton<DemoAlerts>();
        services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<DemoHistory>(s));
        return services;
    }
}
