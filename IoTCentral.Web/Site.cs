using IoTCentral.Core.Access;
using IoTCentral.Web.Api;
using IoTCentral.Web.Features.Access;
using IoTCentral.Web.Features.Alerts;
using IoTCentral.Web.Features.Dashboards;
using IoTCentral.Web.Features.Devices;
using IoTCentral.Web.Features.Devices.Files;
using IoTCentral.Web.Features.Downloads;
using IoTCentral.Web.Features.Files;
using IoTCentral.Web.Features.LiveTelemetry;
using IoTCentral.Web.Features.People;
using IoTCentral.Web.Features.Provisioning;
using IoTCentral.Web.Features.Rules;
using IoTCentral.Web.Features.Settings;
using IoTCentral.Web.Features.Settings.Data;
using IoTCentral.Web.Features.SignIn;
using IoTCentral.Web.Features.Templates;
using IoTCentral.Web.Health;
using IoTCentral.Web.Security;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using MudBlazor;

namespace IoTCentral.Web;

/// <summary>Pages and API in one place: what is registered and what is mapped, in order. Each feature adds its line.</summary>
internal static class Site
{
    public static WebApplicationBuilder AddSite(this WebApplicationBuilder builder)
    {
        builder.AddUi();
        builder.Services.AddForwarding();
        builder.Services.AddAccess();
        builder.Services.AddHealth();
        builder.Services.AddDevicePages();
        builder.Services.AddTemplatePages();
        builder.Services.AddDashboards();
        builder.Services.AddRulePages();
        builder.Services.AddAlertPages();
        builder.Services.AddSettingsPages();
        builder.Services.AddDataPage();
        builder.Services.AddSingleton<DownloadSlots>();
        builder.Services.AddLiveTelemetry();
        builder.Services.AddApiPage();
        return builder;
    }

    public static WebApplication MapSite(this WebApplication app)
    {
        app.UseForwarding();
        app.UseAccess();
        app.MapSignIn();
        app.MapTemplateFiles();
        app.MapFileDownloads();
        app.MapTelemetryDownloads();
        app.MapRemovalProofs();
        app.MapEndpoints();
        app.MapUi();
        app.MapHealth();
        return app;
    }

    private static void MapEndpoints(this WebApplication app)
    {
        var api = app.MapApi();
        api.MapDevices();
        api.MapDeviceTemplates();
        api.MapEnrollmentGroups();
        api.MapRoles();
        api.MapFileUploads();
        app.MapLiveTelemetry();
        app.MapApiDocument();
    }

    private static void AddSettingsPages(this IServiceCollection services) =>
        services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Settings,
                Order = 10,
                Path = "settings",
                Icon = Icons.Material.Outlined.Settings,
                Texts = typeof(SettingsTexts),
                Permission = Permission.ManageApplication,
            }
        );

    private static void AddDataPage(this IServiceCollection services) =>
        services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Settings,
                Order = 20,
                Path = "settings/data",
                Icon = Icons.Material.Outlined.Storage,
                Texts = typeof(DataTexts),
                Permission = Permission.ManageApplication,
            }
        );

    private static void AddApiPage(this IServiceCollection services) =>
        services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Extend,
                Order = 20,
                Path = "api",
                Icon = Icons.Material.Outlined.Api,
                Texts = typeof(AccessTexts),
                Permission = Permission.ViewApplication,
            }
        );
}
