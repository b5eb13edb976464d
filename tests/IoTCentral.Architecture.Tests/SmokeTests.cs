namespace IoTCentral.Architecture.Tests;
