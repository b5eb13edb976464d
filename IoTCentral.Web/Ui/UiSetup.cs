using IoTCentral.Web.Security;
using IoTCentral.Web.Ui.Layout;
using IoTCentral.Web.Ui.Live;
using MudBlazor;
using MudBlazor.Services;

namespace IoTCentral.Web.Ui;

/// <summary>Registers Blazor, MudBlazor and the frame around pages, and maps the pages.</summary>
internal static class UiSetup
{
    public static WebApplicationBuilder AddUi(this WebApplicationBuilder builder)
    {
        // The program runs from its build output as well as published. There the files count as sources under edit and
        // would be sent uncompressed and uncached, unless told otherwise.
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = builder.Environment.IsDevelopment() ? "true" : "false";
        var services = builder.Services;
        // A browser that sleeps or is gone is noticed within 30 s; then its page waits for it this long. Its memory is ours.
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents(o => o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(2));
        services.AddCascadingAuthenticationState();
        services.AddUiParts();
        return builder;
    }

    /// <summary>What components need besides Blazor itself; tests of components use it alone.</summary>
    internal static IServiceCollection AddUiParts(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.VisibleStateDuration = 5000;
            mud.SnackbarConfiguration.ShowTransitionDuration = 120;
            mud.SnackbarConfiguration.HideTransitionDuration = 120;
            mud.PopoverOptions.ThrowOnDuplicateProvider = false;
        });
        services.AddScoped<UiErrors>();
        services.AddScoped<AccessWatch>();
        services.AddScoped<LiveFrames>();
        return services;
    }

    /// <summary>Shows a feature's page in the left navigation.</summary>
    public static IServiceCollection AddNavItem(this IServiceCollection services, NavItem item) =>
        services.AddSingleton(item);

    /// <summary>Puts a feature's component into the top bar, left of theme and account.</summary>
    public static IServiceCollection AddTopBarItem(this IServiceCollection services, TopBarItem item) =>
        services.AddSingleton(item);

    /// <summary>Static files and pages. Authentication, authorization and antiforgery must be in the pipeline before.</summary>
    public static RazorComponentsEndpointConventionBuilder MapUi(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        return app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
