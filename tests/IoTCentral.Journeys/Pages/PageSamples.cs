using System.Reflection;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Web;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Journeys.Pages;

/// <summary>Addresses to open for each page of the product: filled and empty ones, each tab.</summary>
internal static class PageSamples
{
    public const string Demo = "/apps/demo";

    /// <summary>An application without anything in it.</summary>
    public const string Empty = "/apps/empty";

    /// <summary>A device of the demo that is not simulated and has never said anything.</summary>
    public const string SilentDevice = "till-1";

    /// <summary>A device of the demo that has uploaded files.</summary>
    public const string Camera = "camera-1";

    /// <summary>A device of the demo with a certificate of its own.</summary>
    public const string CertifiedDevice = "till-3";

    /// <summary>A device of the demo that waits for approval.</summary>
    public const string WaitingDevice = "till-2";

    /// <summary>A group of the demo with a certificate that is being verified; it asks for approval.</summary>
    public const string CertificateGroup = "stores-2027";

    private static readonly string Fridge = $"{Demo}/devices/{DemoContent.Devices[0].Id}";
    private static readonly string Template = $"{Demo}/templates/{Uri.EscapeDataString(DemoContent.Refrigerator.Id)}";

    /// <summary>Routes that are not walked here, and why.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["/setup/{Link}"] = "walked before there is an account",
        ["/sign-in"] = "walked without being signed in",
        ["/"] = "walked without being signed in",
    };

    private static readonly Dictionary<string, string[]> Addresses = new(StringComparer.Ordinal)
    {
        ["/account"] = ["/account"],
        ["/admin"] = ["/admin"],
        ["/admin/attempts"] = ["/admin/attempts"],
        ["/apps"] = ["/apps"],
        ["/apps/new"] = ["/apps/new"],
        ["/apps/{app}"] = [Demo],
        ["/apps/{app}/{*path}"] = [$"{Demo}/no/such/page"],
        ["/apps/{app}/alerts"] = [$"{Demo}/alerts?show=all", $"{Empty}/alerts"],
        ["/apps/{app}/api"] = [$"{Demo}/api"],
        ["/apps/{app}/connection-groups"] = [$"{Demo}/connection-groups"],
        ["/apps/{app}/connection-groups/{id}"] =
        [
            $"{Demo}/connection-groups/SAS-IoT-Devices",
            $"{Demo}/connection-groups/{CertificateGroup}",
            $"{Demo}/connection-groups/no-such-group",
        ],
        ["/apps/{app}/dashboards"] = [$"{Demo}/dashboards", $"{Empty}/dashboards"],
        ["/apps/{app}/dashboards/{id}"] = [$"{Demo}/dashboards/stores?device={DemoContent.Devices[0].Id}"],
        ["/apps/{app}/devices"] =
        [
            $"{Demo}/devices",
            $"{Empty}/devices",
            $"{Demo}/devices?waiting=yes",
            $"{Empty}/devices?waiting=yes",
        ],
        ["/apps/{app}/devices/{id}"] =
        [
            Fridge,
            $"{Fridge}?tab=properties",
            $"{Fridge}?tab=commands",
            $"{Fridge}?tab=alerts",
            $"{Fridge}?tab=raw",
            $"{Demo}/devices/no-such-device",
            $"{Demo}/devices/{SilentDevice}",
            $"{Demo}/devices/{SilentDevice}?tab=commands",
            $"{Demo}/devices/{SilentDevice}?tab=connect",
            $"{Demo}/devices/{SilentDevice}?tab=log",
            $"{Demo}/devices/{SilentDevice}?tab=files",
            $"{Demo}/devices/{SilentDevice}?tab=modules",
            $"{Demo}/devices/{SilentDevice}?tab=modules&module=nobody",
            $"{Demo}/devices/{Camera}?tab=files",
            $"{Demo}/devices/{WaitingDevice}",
            $"{Demo}/devices/{CertifiedDevice}?tab=connect",
        ],
        ["/apps/{app}/rules"] = [$"{Demo}/rules", $"{Empty}/rules"],
        ["/apps/{app}/rules/new"] = [$"{Demo}/rules/new"],
        ["/apps/{app}/rules/{id}"] = [$"{Demo}/rules/fridge-too-warm"],
        ["/apps/{app}/settings"] = [$"{Demo}/settings"],
        ["/apps/{app}/settings/data"] = [$"{Demo}/settings/data"],
        ["/apps/{app}/templates"] = [$"{Demo}/templates", $"{Empty}/templates"],
        ["/apps/{app}/templates/new"] =
        [
            $"{Demo}/templates/new",
            $"{Demo}/templates/new?from=sample",
            $"{Demo}/templates/new?from=blank",
        ],
        ["/apps/{app}/templates/{id}"] = [Template, $"{Template}?tab=versions", $"{Template}?tab=json"],
        ["/not-found"] = ["/not-found"],
        ["/status/{Code:int}"] = ["/status/403", "/status/503"],
    };

    /// <summary>Routes whose address holds an id that is only known once the program runs: a page that links to one.</summary>
    private static readonly Dictionary<string, string> Links = new(StringComparer.Ordinal)
    {
        ["/apps/{app}/alerts/{id:guid}"] = $"{Demo}/alerts?show=all",
    };

    public static IEnumerable<string> All => Addresses.Values.SelectMany(a => a);

    /// <summary>Pages with a link to a page that is to be walked, and how that link begins.</summary>
    public static IEnumerable<(string On, string Begins)> Linked => Links.Select(l => (l.Value, $"{Demo}/alerts/"));

    /// <summary>The routes of the product that nobody has thought of here, and samples whose route is gone.</summary>
    public static IEnumerable<string> Forgotten()
    {
        var routes = typeof(Site)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetCustomAttributes<RouteAttribute>(inherit: false))
            .Select(r => r.Template)
            .ToHashSet(StringComparer.Ordinal);
        routes.SymmetricExceptWith([.. Addresses.Keys, .. Links.Keys, .. Elsewhere.Keys]);
        return routes;
    }
}
