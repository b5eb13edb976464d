using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Live;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Data.Access;
using IoTCentral.Data.Audit;
using IoTCentral.Data.CloudToDevice;
using IoTCentral.Data.Commands;
using IoTCentral.Data.Common;
using IoTCentral.Data.Dashboards;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Files;
using IoTCentral.Data.Identity;
using IoTCentral.Data.Installation;
using IoTCentral.Data.Outbox;
using IoTCentral.Data.Provisioning;
using IoTCentral.Data.Rules;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Packs;
using IoTCentral.Data.Telemetry.Retention;
using IoTCentral.Data.Templates;
using IoTCentral.Data.Tenants;
using IoTCentral.Data.Twins;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace IoTCentral.Data;

/// <summary>Where the database is: the owner's connection string and the passwords of the roles that log in.</summary>
public sealed record DatabaseSettings(string OwnerConnectionString, RolePasswords Passwords)
{
    // holds passwords, so it must not print itself
    public override string ToString() => nameof(DatabaseSettings);
}

/// <summary>The door to everything in PostgreSQL.</summary>
public static class DataSetup
{
    /// <summary>All stores. Each feature adds its own with one line.</summary>
    public static IServiceCollection AddIoTCentralData(this IServiceCollection services, DatabaseSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        var (owner, passwords) = (settings.OwnerConnectionString, settings.Passwords);
        // tells this process from all others that work on the database
        var origin = $"{Guid.CreateVersion7():N}";
        services.AddSingleton(_ => DataSources.App(owner, passwords, origin));
        services.AddSingleton(_ => DataSources.System(owner, passwords, origin));
        services.AddSingleton(_ => DataSources.Listen(owner, passwords));
        services.AddSingleton<TenantDb>();
        services.AddSingleton<SystemDb>();

        services.AddSingleton<ISettingStore, SettingStore>();
        services.AddSingleton<IStorageProbe, StorageProbe>();
        services.AddSingleton<ITenantStore, TenantStore>();
        services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<ChangeListener>(s, origin));
        services.AddSingleton<UnownedApplications>();
        services.AddSingleton<IAccessStore, AccessStore>();
        services.AddSingleton<IApiTokenStore, ApiTokenStore>();
        services.AddSingleton<IInstallationAudit, InstallationAudit>();
        services.AddSingleton<IAuditLog, AuditLog>();
        services.AddSingleton<ISessionStore, SessionStore>();
        services.AddSingleton<IOneTimeLinkStore, OneTimeLinkStore>();
        services.AddSingleton<IKeyRingStore, KeyRingStore>();
        services.AddScoped<IUserStore<Account>, UserStore>();

        services.AddSingleton<ITemplateStore, TemplateStore>();

        services.AddSingleton<IDashboardStore, DashboardStore>();
        services.AddSingleton<IPropertyValues, PropertyValues>();

        services.AddSingleton<RepeatFilter>();
        services.AddSingleton<RollupPass>();
        services.AddSingleton<RetentionSweep>();
        services.AddHostedService<StorageCount>();
        services.AddSingleton<IDataRemovalStore, DataRemovalStore>();
        services.AddHostedService<DataRemover>();
        services.AddSingleton<MessagePartitions>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<MessagePartitions>());
        services.AddHostedService<LogSummaries>();
        services.AddSingleton<IMessageLog, MessageLog>();
        services.AddSingleton<ICheckpointStore, CheckpointStore>();
        services.AddSingleton<SignalTable>();
        services.AddSingleton<SealPass>();
        services.AddSingleton<SealMetrics>();
        services.AddSingleton<MergePass>();
        services.AddSingleton<PackMerge>();
        services.AddSingleton<Merger>();
        services.AddHostedService<Sealer>();
        services.AddSingleton<ITelemetryStore, TelemetryStore>();
        services.AddSingleton<IRetentionStore, RetentionStore>();
        services.AddSingleton<ILastValueStore, LastValueStore>();

        services.AddSingleton<IDeviceStore, DeviceStore>();
        services.AddSingleton<IModuleStore, ModuleStore>();
        services.AddSingleton<IRelationshipStore, RelationshipStore>();
        services.AddSingleton<IPresenceStore, PresenceStore>();
        services.AddSingleton<IConnectionLogStore, ConnectionLogStore>();
        services.AddSingleton<IEnrollmentStore, EnrollmentStore>();
        services.AddSingleton<ISigningCertificateStore, SigningCertificateStore>();
        services.AddSingleton<ISignInStore, SignInStore>();
        services.AddSingleton<ICloudMessageStore, CloudMessageStore>();
        services.AddSingleton<ICommandStore, CommandStore>();
        services.AddSingleton<ITwinStore, TwinStore>();
        services.AddSingleton<ITwinHistoryStore, TwinHistoryStore>();
        services.AddSingleton<IDeviceFileStore, DeviceFileStore>();
        services.AddSingleton<IFileSweepStore, FileSweepStore>();
        services.AddSingleton<IFileFolder, FileFolder>();
        services.AddSingleton<IFileStorageStore, FileStorageStore>();

        services.AddSingleton<IOutboxStore, OutboxStore>();

        services.AddSingleton<IRuleStore, RuleStore>();
        services.AddSingleton<IAlertStore, AlertStore>();
        services.AddSingleton<IRuleDeviceSource, RuleDeviceSource>();
        services.AddSingleton<IRuleHistory, RuleHistory>();
        services.AddSingleton<IRuleJournal, RuleJournal>();
        services.AddSingleton<IRecipientZones, RecipientZones>();
        return services;
    }
}
