using System.Reflection;
using System.Text.RegularExpressions;
using IoTCentral.Core.Common;
using NetArchTest.Rules;

namespace IoTCentral.Architecture.Tests;

/// <summary>Who may know whom: projects are layers, folders are features on levels.</summary>
public sealed class LayersTests
{
    private static readonly Assembly Core = typeof(DomainException).Assembly;
    private static readonly Assembly Data = Assembly.Load("IoTCentral.Data");
    private static readonly Assembly Hub = Assembly.Load("IoTCentral.Hub");
    private static readonly Assembly Web = Assembly.Load("IoTCentral.Web");

    /// <summary>A feature of Core uses its own level's lower neighbours only; news goes up as an event.</summary>
    private static readonly string[][] Levels =
    [
        ["Common"],
        ["Audit", "Certificates"],
        ["Installation", "Tenants"],
        ["Access", "Outbox"],
        ["Templates"],
        ["Devices"],
        ["CloudToDevice", "Files", "Twins"],
        ["Commands"],
        ["Provisioning", "Telemetry"],
        ["Live"],
        ["Simulation", "Rules"],
        ["Dashboards"],
        ["Demo"],
    ];

    [Fact]
    public void Core_knows_no_database_no_web_and_none_of_ours() =>
        Assert.DoesNotContain(
            Core.GetReferencedAssemblies().Select(a => a.Name!),
            name => Regex.IsMatch(name, "^(IoTCentral|Npgsql|Dapper|Microsoft.AspNetCore|MudBlazor|MQTTnet|MailKit)")
        );

    [Fact]
    public void Data_and_hub_know_core_and_not_each_other()
    {
        Assert.Equal(["IoTCentral.Core"], OurReferences(Data));
        Assert.Equal(["IoTCentral.Core"], OurReferences(Hub));
    }

    [Fact]
    public void A_feature_of_core_uses_only_features_on_lower_levels()
    {
        var offences = new List<string>();
        for (var level = 0; level < Levels.Length; level++)
        {
            foreach (var feature in Levels[level])
            {
                var forbidden = Levels
                    .Skip(level)
                    .SelectMany(l => l)
                    .Where(f => f != feature)
                    .Select(f => $"IoTCentral.Core.{f}")
                    .ToArray();
                if (forbidden.Length == 0)
                    continue;
                var result = Types
                    .InAssembly(Core)
                    .That()
                    .ResideInNamespaceMatching($@"^IoTCentral\.Core\.{feature}(\.|$)")
                    .ShouldNot()
                    .HaveDependencyOnAny(forbidden)
                    .GetResult();
                offences.AddRange((result.FailingTypeNames ?? []).Select(t => $"{t} looks up"));
            }
        }

        Assert.Empty(offences);
    }

    [Fact]
    public void Every_feature_of_core_has_its_level() =>
        Assert.Empty(
            Core.GetTypes()
                .Select(t => t.Namespace)
                .OfType<string>()
                .Where(n => n.StartsWith("IoTCentral.Core.", StringComparison.Ordinal))
                .Select(n => n.Split('.')[2])
                .Distinct()
                .Except(Levels.SelectMany(l => l))
        );

    [Theory]
    [InlineData("IoTCentral.Data")]
    [InlineData("IoTCentral.Hub")]
    public void What_a_project_offers_is_its_set_up_and_nothing_else(string project)
    {
        var offered = Assembly
            .Load(project)
            .GetExportedTypes()
            .Where(t => !t.Name.EndsWith("Setup", StringComparison.Ordinal))
            .Select(t => t.FullName!)
            .Except(OfferedBesides);

        Assert.Empty(offered);
    }

    [Fact]
    public void Only_hosting_names_types_of_data_and_hub()
    {
        var result = Types
            .InAssembly(Web)
            .That()
            .DoNotResideInNamespaceMatching(@"^IoTCentral\.Web\.Hosting(\.|$)")
            .And()
            .DoNotHaveNameMatching("^(Program|<Program>.*)$")
            .ShouldNot()
            .HaveDependencyOnAny("IoTCentral.Data", "IoTCentral.Hub")
            .GetResult();

        Assert.Empty(result.FailingTypeNames ?? []);
    }

    /// <summary>What the start of the program needs before services are there.</summary>
    private static readonly string[] OfferedBesides =
    [
        "IoTCentral.Data.Common.RolePasswords",
        "IoTCentral.Data.DatabaseSettings",
        "IoTCentral.Data.Server.Database",
    ];

    private static IEnumerable<string> OurReferences(Assembly assembly) =>
        assembly
            .GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => n.StartsWith("IoTCentral", StringComparison.Ordinal));
}
