using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Demo;

/// <summary>The demo application of an installation's first start.</summary>
public sealed class DemoApplication(
    InstallationOptions options,
    ISettingStore settings,
    ITenantStore tenants,
    ApplicationRegistry applications,
    DemoContentPart content,
    ILogger<DemoApplication> logger
)
{
    public const string Slug = "demo";

    // Decided once: is one wanted, and was it made? Whoever deletes it later does not get it again.
    private const string SettingKey = "demo";
    private const string Wanted = "\"wanted\"";
    private const string Settled = "\"settled\"";

    /// <summary>Makes it where it is wanted, so that it is there when the program says that it is ready.</summary>
    public async Task MakeAsync(CancellationToken ct)
    {
        if (!await IsWantedAsync(ct))
            return;
        logger.LogInformation("Making the demo application …");
        var application =
            await tenants.FindAsync(Slug, ct)
            ?? await applications.CreateAsync(
                new ApplicationWish
                {
                    Name = DemoContent.ApplicationName,
                    Slug = Slug,
                    TimeZone = DemoContent.TimeZoneId,
                },
                AuditActor.System,
                ct
            );
        await content.FurnishAsync(application, new() { WithDemo = true }, ct);
        var made = new AuditEntry
        {
            Actor = AuditActor.System,
            Action = "demo.create",
            TargetId = Slug,
        };
        await settings.SaveAsync(new Setting(SettingKey, Settled, null), made, ct);
    }

    private async Task<bool> IsWantedAsync(CancellationToken ct)
    {
        if (await settings.FindAsync(SettingKey, ct) is { } known)
            return known.Value == Wanted;
        // Only the first start makes it: where there are applications already, nobody asked for one more.
        var isFirst = (await tenants.ListAsync(ct)).Count == 0;
        var decided = options.Demo && isFirst ? Wanted : Settled;
        return (await settings.AddAsync(new Setting(SettingKey, decided, null), ct)).Value == Wanted;
    }
}
