using System.Reflection;
using IoTCentral.Journeys;
using IoTCentral.Testing;
using Xunit.v3;

[assembly: TellsErrors]

namespace IoTCentral.Journeys;

/// <summary>After a test that failed, what the servers logged as errors is written out: a picture of a page does not say why.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TellsErrorsAttribute : BeforeAfterTestAttribute
{
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed && ProgramRun.Errors() is { Length: > 0 } errors)
            Console.WriteLine($"Errors of the servers when '{test.TestDisplayName}' failed:\n{errors}");
    }
}
