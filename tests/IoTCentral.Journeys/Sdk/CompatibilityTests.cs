using System.Diagnostics;
using System.Reflection;
using IoTCentral.Core.Installation;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>What we say of compatibility is all of it, and what the tests show.</summary>
public sealed class CompatibilityTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_of_the_clients_has_its_row()
    {
        var start = new ProcessStartInfo("node", ["operations.mjs"])
        {
            WorkingDirectory = await DeviceClients.FolderAsync(Ct),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        TestRun.Note(process);
        var operations = (await process.StandardOutput.ReadToEndAsync(Ct)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

        Assert.Equal(operations.Order(StringComparer.Ordinal), Compatibility.Rows.Keys.Except(Compatibility.Beside));
    }

    [Fact]
    public void What_works_is_shown_by_a_test_over_that_transport()
    {
        foreach (var (operation, known) in Compatibility.Rows.Concat(Compatibility.SigningIn))
        {
            Assert.Equal(Compatibility.Transports.Length, known.Length);
            foreach (var (transport, cell) in Compatibility.Transports.Zip(known))
                Assert.True(IsRun(cell.Test, transport), $"{operation} over {transport} is not shown by {cell.Test}.");
        }
    }

    [Fact]
    public async Task The_document_is_made_from_the_tests()
    {
        var file = Path.Combine(Home.Folder, "docs", "compatibility.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "true")
            await File.WriteAllTextAsync(file, CompatibilityDocument.Make(), Ct);

        Assert.Equal(CompatibilityDocument.Make(), await File.ReadAllTextAsync(file, Ct));
    }

    private static readonly Type[] Tests =
    [
        typeof(NodeSdkTests),
        typeof(ModuleSdkTests),
        typeof(ProvisioningSdkTests),
        typeof(CertificateSdkTests),
    ];

    /// <summary>A theory says over which transports; one that is over HTTPS alone says so in its name.</summary>
    private static bool IsRun(string test, string transport)
    {
        var method = Tests.Select(t => t.GetMethod(test)).Single(m => m is not null)!;
        if (method.Name.EndsWith("over_HTTPS", StringComparison.Ordinal))
            return transport == "http";
        if (method.GetCustomAttribute<MemberDataAttribute>() is not { } data)
            return method.GetCustomAttributes<InlineDataAttribute>().Any(d => transport.Equals(d.Data[0]));
        var transports = (TheoryData<string>)data.MemberType!.GetProperty(data.MemberName)!.GetValue(null)!;
        return transports.Any(row => row.Data == transport);
    }
}
